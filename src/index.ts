/**
 * iotload from code: everything the command line does, without a terminal. A run, from the text of a scenario to its verdict:
 *
 *     import { readFileSync } from 'node:fs';
 *     import { loadPlan, newRunId, renderDiagnostics, startRun, systemClock } from 'iotload';
 *
 *     const text = readFileSync('scenario.yaml', 'utf8');
 *     const outcome = await loadPlan({ text, file: 'scenario.yaml', env: process.env, set: [], allow: [] });
 *     if (!outcome.ok) throw new Error(renderDiagnostics(outcome.diagnostics, text, 'scenario.yaml'));
 *     const run = startRun({
 *       plan: outcome.plan,
 *       runId: newRunId(),
 *       shard: { index: 0, count: 1 },
 *       workers: 2,
 *       out: 'results/mine',
 *       startAtWallUs: null,
 *       command: 'my program',
 *       version: '1.0.0',
 *       clock: systemClock(),
 *       observer: { progress: () => {}, note: console.log },
 *     });
 *     const { result, dir } = await run.finished;
 *     console.log(result.verdict, result.delivery.verified, result.latency.responseTime.p99, dir);
 *
 * How much the target takes is found by a run for each load that is tried, whose plan is that of the scenario at this load; of a `CapacityPlan`,
 * `outcome.capacity`, the goal is a part:
 *
 *     const planAt = async (load: number) => {
 *       const at = await loadPlan({ text, file: 'scenario.yaml', env: process.env, set: [], allow: [], level: { load, steps: 1 } });
 *       if (!at.ok) throw new Error(`there is no plan at ${load}`);
 *       return at.plan;
 *     };
 *     const search = startCapacity({ goal, planAt, …as above, with step and stepped in the observer });
 *     const { result } = await search.finished;
 *     console.log(result.answer, result.finding.interval);
 *
 * `outcome.refusal` says what the safety rail has against it: whoever starts the run nevertheless decides so. Every error that is thrown
 * is an `IotloadError` with a code, or a defect.
 */

export { type BrokerOptions, brokers, type EmbeddedBroker } from './brokers/registry.ts';
export type { CapacityResult } from './capacity/capacity-result.ts';
export { readLadder } from './capacity/read-ladder.ts';
export {
  type CapacityFinding,
  type CapacityGoal,
  type NextStep,
  nextStep,
  type StepOutcome,
  stepLimit,
} from './capacity/search.ts';
export {
  type CapacityHandle,
  type CapacityObserver,
  type CapacityOptions,
  startCapacity,
} from './capacity/start-capacity.ts';
export { bundlePlan } from './cluster/bundle/bundle-plan.ts';
export type { BundledFile, ScenarioBundle } from './cluster/bundle/scenario-bundle.ts';
export { type ComposeRequest, composeRun } from './cluster/compose-run.ts';
export type { KubeRun } from './cluster/kube/kube-run.ts';
export { manifestText } from './cluster/kube/manifest-text.ts';
export { type Manifest, manifestsOf } from './cluster/kube/manifests.ts';
export { type MergeOptions, mergeResults } from './cluster/merge-results.ts';
export type { ShardedRun } from './cluster/sharded-run.ts';
export { type SlurmRun, slurmScript } from './cluster/slurm/slurm-script.ts';
export type { Anchor, Part } from './core/anchor.ts';
export { type Clock, systemClock } from './core/clock.ts';
export { newRunId } from './core/entropy.ts';
export { type ErrorCode, IotloadError } from './core/errors.ts';
export { createEventBatch, type EventBatch } from './core/event-batch.ts';
export { createFleetEvents, type FleetEvents } from './events/fleet-events.ts';
export { readyPlan } from './events/ready-plan.ts';
export type { RunResult, Verdict } from './metrics/result.ts';
export type { Device, DeviceModel, SeatKey } from './models/model.ts';
export { models } from './models/registry.ts';
export { type DraftedScenario, planDrafted } from './plan/drafted-scenario.ts';
export { type EventSize, estimatePlan, type FleetEstimate, type PlanEstimate } from './plan/estimate.ts';
export { loadPlan, type PlanOutcome, type PlanRequest } from './plan/load-plan.ts';
export type { Plan } from './plan/plan.ts';
export { planDigest, redactPlan } from './plan/plan-digest.ts';
export { type QuickRequest, quickScenario } from './plan/quick-scenario.ts';
export type { CapacityPlan } from './plan/resolve-capacity.ts';
export { refusalError, type SafetyRefusal } from './plan/safety.ts';
export {
  type StarterAnswers,
  type StarterKind,
  starterDefaults,
  starterKinds,
  starterScenario,
} from './plan/starter-scenario.ts';
export { consoleReport } from './report/console.ts';
export type { ReportFormat } from './report/format.ts';
export { planText } from './report/plan-text.ts';
export { grafanaDashboard } from './report/prometheus/dashboard.ts';
export { type EndpointOptions, openPrometheus, type PrometheusEndpoint } from './report/prometheus/endpoint.ts';
export { reportFormatNamed, reportFormats } from './report/registry.ts';
export { type DoctorOptions, examine, type Finding } from './runner/doctor.ts';
export { type FleetSample, sampleFleets } from './runner/event-sizes.ts';
export { examplePayload } from './runner/example-payload.ts';
export { initScenario } from './runner/init-scenario.ts';
export type { LiveFigures, LiveRun } from './runner/live-run.ts';
export { readSummary } from './runner/read-summary.ts';
export { type RunHandle, startRun } from './runner/run.ts';
export type { RunObserver, RunOptions } from './runner/run-options.ts';
export type { RunProgress } from './runner/run-progress.ts';
export { settleAgain } from './runner/settle-again.ts';
export { startTail, type TailEvent, type TailOptions, type TailVerdict } from './runner/tail.ts';
export { startVerify, type VerifyHandle, type VerifyOptions } from './runner/verify-live.ts';
export type { Diagnostic } from './scenario/diagnostic.ts';
export { positionOf, renderDiagnostics } from './scenario/diagnostics.ts';
export { scenarioJsonSchema } from './scenario/json-schema.ts';
export type { PluginPlan } from './scenario/load-plugin.ts';
export type { PluginKit } from './scenario/plugin-kit.ts';
export type { CaseReport } from './selftest/case-report.ts';
export {
  type SelfTestHandle,
  type SelfTestObserver,
  type SelfTestOptions,
  type SelfTestReport,
  startSelfTest,
} from './selftest/selftest.ts';
export type { EventFault, Injection, Rig, Subject, Truth } from './selftest/subject.ts';
export { subjects } from './selftest/subjects.ts';
export { targets } from './targets/registry.ts';
