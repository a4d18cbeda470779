/** The verifier as a process of its own; `protocol.ts` says what it is told and what it tells. */
import { whenOrphaned } from '../core/child-process.ts';
import { systemClock } from '../core/clock.ts';
import { systemRandom } from '../core/entropy.ts';
import { IotloadError, toPlainError } from '../core/errors.ts';
import { loopUsage } from '../core/loop-usage.ts';
import { machineReader } from '../core/machine-reading.ts';
import { processCpuUs, processUsage, residentBytes } from '../core/process-usage.ts';
import { revealSecrets } from '../core/secrets.ts';
import { Standstill } from '../core/standstill.ts';
import { wallOffsetUs } from '../core/wall-offset.ts';
import { targetOf } from '../targets/registry.ts';
import type { Source, SourceContext, TargetOptions } from '../targets/target.ts';
import type { FromVerifier, ToVerifier } from './protocol.ts';
import { Verifier } from './verifier.ts';

async function openSource(protocol: string, options: TargetOptions, context: SourceContext): Promise<Source> {
  const module = await targetOf(protocol).source?.();
  if (module === undefined) {
    throw new IotloadError('not-supported', `a ${protocol} target cannot be read back`, {
      hint: 'set verify: false, and thresholds decide',
    });
  }
  return module.openSource(options, context);
}

const clock = systemClock();
const standstill = new Standstill(clock, processCpuUs);
standstill.start();

const post = (message: FromVerifier): void => void process.send?.(message);
const verifier = new Verifier({
  clock,
  openSource,
  post,
  random: systemRandom,
  reveal: (text) => revealSecrets(text, process.env),
  busy: loopUsage(),
  stoodStill: () => standstill.take(),
  machine: machineReader(),
  wallOffsetUs,
  usage: processUsage,
  residentBytes,
});

// Ctrl-C reaches every process of a terminal; the parent decides when reading ends, and its own end closes the channel.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('message', (message: ToVerifier) => void verifier.handle(message));
whenOrphaned(() => void verifier.handle({ kind: 'abort' }).finally(() => process.exit(0)));
// What nobody caught is a defect of ours; it is told before the process ends, not left to an exit code.
process.on('uncaughtException', (error) => {
  process.send?.({ kind: 'failed', error: toPlainError(error) } satisfies FromVerifier, () => process.exit(1));
});
