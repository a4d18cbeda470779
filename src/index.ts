/** iotload from code: everything the command line does, without a terminal. */

export type { Anchor, Part } from './core/anchor.ts';
export { type Clock, systemClock } from './core/clock.ts';
export { newRunId } from './core/entropy.ts';
export { type ErrorCode, IotloadError } from './core/errors.ts';
export { createEventBatch, type EventBatch } from './core/event-batch.ts';
export { createFleetEvents, type FleetEvents } from './events/fleet-events.ts';
export { readyPlan } from './events/ready-plan.ts';
export type { RunResult, Verdict } from './metrics/result.ts';
export type { Device, DeviceModel, SeatKey } from './models/model.ts';
export { loadPlan, type PlanOutcome, type PlanRequest } from './plan/load-plan.ts';
export type { Plan } from './plan/plan.ts';
export { planDigest } from './plan/plan-digest.ts';
export { refusalError, type SafetyRefusal } from './plan/safety.ts';
export { consoleReport } from './report/console.ts';
export type { ReportFormat } from './report/format.ts';
export { reportFormatNamed, reportFormats } from './report/registry.ts';
export { type RunHandle, type RunObserver, type RunOptions, startRun } from './runner/run.ts';
export type { RunProgress } from './runner/run-progress.ts';
export { settleAgain } from './runner/settle-again.ts';
export { startVerify, type VerifyHandle, type VerifyOptions } from './runner/verify-live.ts';
export { renderDiagnostics } from './scenario/diagnostics.ts';
export { scenarioJsonSchema } from './scenario/json-schema.ts';
export type { PluginPlan } from './scenario/load-plugin.ts';
export type { PluginKit } from './scenario/plugin-kit.ts';
