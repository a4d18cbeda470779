import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Plan, TargetPlan } from '../../src/plan/plan.ts';
import { inDirectory } from '../../src/runner/real-targets.ts';
import { planOf } from '../events/plans.ts';

const file = (name: string, path: string | null): TargetPlan => ({
  name,
  protocol: 'file',
  options: { path, format: 'lines', roll: null },
});
const pathsOf = (targets: TargetPlan[]): unknown[] => {
  const plan: Plan = planOf([], { targets });
  return inDirectory(plan, 'out').targets.map(({ options }) => options['path']);
};

it('puts what has no path of its own into the results directory', () => {
  expect(pathsOf([file('target', null)])).toEqual([join('out', 'events.jsonl')]);
});

it('keeps several targets apart in it', () => {
  expect(pathsOf([file('a', null), file('b', null), file('c', 'lake/x.jsonl')])).toEqual([
    join('out', 'a', 'events.jsonl'),
    join('out', 'b', 'events.jsonl'),
    'lake/x.jsonl',
  ]);
});
