import { answerOf } from './answer.ts';
import { kneeOf } from './knee.ts';
import { type Provision, provision, type TargetNeeds } from './provision.ts';
import type { CapacityFinding, CapacityGoal, StepOutcome } from './search.ts';

/** The document of a search, `capacity.json`: what its text and its page are made of. Each step is an ordinary result beside it. */
export interface CapacityResult {
  schema: 'iotload/capacity/1';
  verdict: CapacityFinding['verdict'];
  /** What came out, in a sentence. */
  answer: string;
  run: CapacityRun;
  goal: CapacityGoal;
  /** What has to be true of a load that holds, one expression each. */
  holdsIf: string[];
  finding: CapacityFinding;
  /** A load beyond which latency grows faster than throughput: greatest achieved rate ÷ mean response time. null: not among these. */
  knee: number | null;
  /** null where nobody asked. */
  provision: Provision | null;
  steps: StepOutcome[];
}

export interface CapacityRun {
  id: string;
  scenario: string;
  /** Of the plan of the least load; of a ladder, of the plan that walks it. */
  planDigest: string;
  startedAt: string;
  durationSeconds: number;
  command: string;
  labels: Record<string, string>;
  environment: Record<string, string | number>;
}

export interface CapacityParts {
  run: CapacityRun;
  goal: CapacityGoal;
  holdsIf: readonly string[];
  outcomes: readonly StepOutcome[];
  finding: CapacityFinding;
  /** What each target needs at `provisionFor`; empty where nobody asks or no protocol says. */
  needs: readonly TargetNeeds[];
}

/** Puts the document together. Pure. */
export function capacityResult({ run, goal, holdsIf, outcomes, finding, needs }: CapacityParts): CapacityResult {
  return {
    schema: 'iotload/capacity/1',
    verdict: finding.verdict,
    answer: answerOf(goal, finding),
    run,
    goal,
    holdsIf: [...holdsIf],
    finding,
    knee: kneeOf(outcomes),
    provision: provision(goal, finding, needs),
    steps: [...outcomes],
  };
}
