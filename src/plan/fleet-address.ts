import type { ScenarioPath } from '../scenario/diagnostic.ts';
import type { FleetDraft } from '../scenario/load-scenario.ts';
import { targetOf } from '../targets/registry.ts';
import type { TargetTraits } from '../targets/target.ts';
import type { TemplateProblem } from './check-templates.ts';

/** What an address depends on of the target. */
export interface AddressedTarget {
  protocol: string;
  traits: TargetTraits;
  /** Template of its topic or key; empty where it has none. */
  address: string;
  /** Where its block stands in the scenario. */
  path: ScenarioPath;
}

/** The address templates of a fleet at each of its targets, with the targets' or their protocols' defaults. */
export function fleetAddresses(
  { topic, key }: FleetDraft['value'],
  targets: readonly AddressedTarget[],
  report: (key: 'topic' | 'key', problem: TemplateProblem) => void,
): string[] {
  const [first] = targets;
  const takes = (kind: 'topic' | 'key'): boolean => targets.some(({ traits }) => traits.address === kind);
  const senseless = (what: 'topic' | 'key', protocol: string): void =>
    report(what, { message: `"${what}" has no meaning for ${protocol}`, hint: null });
  const log = takes('topic') ? undefined : targets.map(({ protocol }) => targetOf(protocol).fleetTopics).find(Boolean);
  if (first !== undefined) {
    if (topic !== undefined && !takes('topic') && log === undefined) senseless('topic', first.protocol);
    if (key !== undefined && !takes('key')) senseless('key', first.protocol);
  }
  const wrong = topic === undefined ? null : (log?.problem(topic) ?? null);
  if (wrong !== null) report('topic', { message: wrong.error, hint: wrong.hint });
  const problem = topic === undefined || !takes('topic') ? null : topicProblem(topic);
  if (problem !== null) report('topic', problem);
  return targets.map(({ traits, address: ofTarget }) => {
    if (traits.address === 'none') return '';
    return (traits.address === 'key' ? key : topic) ?? ofTarget;
  });
}

/** What makes a text no topic to publish to; null where it is one. */
export function topicProblem(topic: string): TemplateProblem | null {
  if (topic === '') return { message: 'a topic is not empty', hint: 'write topic: meters/<device>' };
  if (/[+#]/.test(topic)) return { message: `"${topic}" holds a wildcard, which is for subscriptions`, hint: null };
  if (topic.length > 1024) return { message: 'a topic has at most 1024 characters', hint: null };
  return topic.includes('\0') ? { message: 'a topic has no zero byte', hint: null } : null;
}
