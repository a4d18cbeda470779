import { carryOut, requireOut, type SendingFlags, sendingFlags } from './carry-out.ts';
import { defineCommand } from './command.ts';
import { exitOfError } from './exit-codes.ts';
import { requirePlan } from './require-plan.ts';
import { allowedPlan, type ScenarioFlags, scenarioFlags } from './scenario-flags.ts';
import { shardOf } from './shard-environment.ts';
import { parseClockBound, parseStartAt } from './shard-flags.ts';
import { openUpload, uploadFlag } from './upload-flag.ts';

interface RunFlags extends ScenarioFlags, SendingFlags {
  shard: string | undefined;
  runId: string | undefined;
  startAt: string | undefined;
  resume: boolean;
  clockBound: string | undefined;
  planDigest: string | undefined;
  upload: string | undefined;
}

/** `iotload run`: the whole of it, from scenario to verdict. */
export const runCommand = defineCommand({
  command: 'run <scenario>',
  builder: (parser) =>
    uploadFlag(sendingFlags(scenarioFlags(parser)))
      .option('shard', {
        type: 'string',
        describe:
          'this process’s part i/n of the run, counted from 0 (default: what a Kubernetes job with IOTLOAD_SHARDS, Slurm or AWS Batch say, else 0/1)',
      })
      .option('start-at', {
        type: 'string',
        describe:
          'ISO instant at which sending starts; the same on every shard, as is --run-id: or IOTLOAD_START_AT and IOTLOAD_RUN_ID',
      })
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'go on with the run in --out if it was cut off or stopped; else begin it',
      })
      .option('clock-bound', {
        type: 'string',
        describe: 'how far this clock may be from that of a verifier on another host, e.g. 2ms',
      })
      .option('plan-digest', {
        type: 'string',
        describe: 'send only if the plan has this digest, as plan prints it (default IOTLOAD_PLAN_DIGEST)',
      })
      .example('$0 run quickstart', 'a first run, no broker needed')
      .example(
        '$0 run my.yaml --set target.endpoint=mqtt://127.0.0.1:1883 --duration 30s',
        'shorter, against another broker',
      ),
  handler: (flags) => run(flags),
});

async function run(flags: RunFlags): Promise<number> {
  const { shard, runId, startAt } = shardOf(flags, process.env);
  const startAtWallUs = parseStartAt(startAt);
  const clockBoundUs = parseClockBound(flags.clockBound);
  requireOut(flags);
  const plan = await allowedPlan(flags);
  if (plan === null) return exitOfError['bad-scenario'];
  requirePlan(plan, flags.planDigest ?? process.env['IOTLOAD_PLAN_DIGEST']);
  const uploading = await openUpload(flags.upload);
  try {
    const how = { shard, startAtWallUs, resume: flags.resume, clockBoundUs, uploading };
    return await carryOut(plan, { ...flags, 'run-id': runId }, how);
  } finally {
    uploading?.close();
  }
}
