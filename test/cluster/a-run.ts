import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { bundlePlan } from '../../src/cluster/bundle/bundle-plan.ts';
import { composeRun } from '../../src/cluster/compose-run.ts';
import { awsOf, type KubeRun } from '../../src/cluster/kube/kube-run.ts';
import type { PlanRequest } from '../../src/plan/load-plan.ts';
import { planned } from '../plan/request.ts';

/** Now, in these tests. */
export const NOW_US = Date.parse('2026-01-31T12:00:00Z') * 1000;

/** Folders with files for the tests of a file, gone after each; call it once, at the file's top level. */
export function folders(): (files: Record<string, string | Uint8Array>) => string {
  const made: string[] = [];
  afterEach(() => {
    for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  return (files) => {
    const dir = mkdtempSync(join(tmpdir(), 'iotload-cluster-'));
    made.push(dir);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), content);
    }
    return dir;
  };
}

/** A scenario that sends a thousand events a second; `target` is the inside of its block, `more` is appended. */
export function meters({
  target = 'protocol: mqtt, endpoint: "mqtt://broker.example.com"',
  fleet = '',
  more = '',
} = {}): string {
  return `iotload: 1
name: Meters to lake
run: { duration: 1m, drain: 20s }
fleets:
  meters: { model: environment-sensor, devices: 1k, every: 1s, payload: readings, ${fleet} }
target: { ${target} }
${more}`;
}

/** A run of a scenario on Kubernetes as the command line makes it. */
export async function kubeRun(
  request: Partial<PlanRequest> & { text: string },
  given: Partial<KubeRun> = {},
): Promise<KubeRun> {
  const { plan } = await planned(request);
  const folder = request.folder ?? '.';
  const whole = { file: 'meters.yaml', env: {}, set: [], allow: [], ...request, folder };
  const bundle = await bundlePlan(plan, whole);
  const results = given.results ?? { claim: null };
  return {
    ...composeRun({
      plan,
      shards: given.shards ?? 4,
      runId: 'r1',
      start: { startAtUs: NOW_US + 300_000_000, startInUs: null },
      leastLeadUs: 0,
      limits: { cores: null, memoryBytes: null },
      version: '1.2.3',
      clock: { wallUs: () => NOW_US },
    }),
    flags: [],
    variables: bundle.variables,
    bundle,
    name: 'meters-r1',
    secret: 'meters',
    namespace: null,
    image: 'iotload:1.2.3',
    serviceAccount: null,
    results,
    aws: awsOf(plan, results, whole.env),
    ...given,
  };
}
