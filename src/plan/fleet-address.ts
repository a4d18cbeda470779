import type { FleetDraft } from '../scenario/load-scenario.ts';
import type { TargetTraits } from '../targets/target.ts';
import type { TemplateProblem } from './check-templates.ts';

/** What an address depends on of the target. */
export interface AddressedTarget {
  protocol: string;
  traits: TargetTraits;
  /** Template of its topic or key; empty where it has none. */
  address: string;
}

/** The address template of a fleet, with the target's or its protocol's default. */
export function fleetAddress(
  { topic, key }: FleetDraft['value'],
  { protocol, traits, address: ofTarget }: AddressedTarget,
  report: (key: 'topic' | 'key', problem: TemplateProblem, code: 'bad-value' | 'not-supported') => void,
): string {
  const senseless = (what: 'topic' | 'key'): void =>
    report(what, { message: `"${what}" has no meaning for ${protocol}`, hint: null }, 'bad-value');
  if (topic !== undefined && traits.address === 'key') {
    const hint = 'every fleet sends to the topic of the target: leave it out';
    report('topic', { message: `"topic" of a fleet for ${protocol} is not supported yet`, hint }, 'not-supported');
  } else if (topic !== undefined && traits.address === 'none') senseless('topic');
  if (key !== undefined && traits.address !== 'key') senseless('key');
  if (traits.address === 'none') return '';
  if (traits.address === 'key') return key ?? ofTarget;
  const problem = topic === undefined ? null : topicProblem(topic);
  if (problem !== null) report('topic', problem, 'bad-value');
  return topic ?? ofTarget;
}

/** What makes a text no topic to publish to; null where it is one. */
export function topicProblem(topic: string): TemplateProblem | null {
  if (topic === '') return { message: 'a topic is not empty', hint: 'write topic: meters/<device>' };
  if (/[+#]/.test(topic)) return { message: `"${topic}" holds a wildcard, which is for subscriptions`, hint: null };
  if (topic.length > 1024) return { message: 'a topic has at most 1024 characters', hint: null };
  return topic.includes('\0') ? { message: 'a topic has no zero byte', hint: null } : null;
}
