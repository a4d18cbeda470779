import { Outcome } from '../../src/core/outcome.ts';
import { add, type KinesisService, keyOf } from './kinesis-service.ts';
import type { World } from './world.ts';

/**
 * What Kinesis promises, and therefore the sink: acknowledged means stored, rejected means not stored, unknown is only what was in doubt, and
 * of each event there is one copy more at most than it was sent again in doubt.
 */
export function checkKinesis({ truth, setting, losses }: World, service: KinesisService, wrong: string[]): void {
  const { share, times } = setting;
  const { doubts, doubtfulRepeats, phantoms, deadlinesUs } = service;
  // The other shards of the run have the same service.
  wrong.push(...service.violations.splice(0));
  const stored = new Map<string, number>();
  for (const { records } of service.shards)
    for (const { messages } of records) for (const { fleet, slot } of messages) add(stored, keyOf(fleet, slot));
  // Of another shard, what is foreign may be an event once more.
  const others = times.twin > 0 || (setting.shard.count > 1 && (losses > 0 || times.foreign > 0));
  const doubles = others || share.duplicate > 0;
  const isLossless = share.swallow + share.hold + share.late === 0;
  truth.slots.forEach((slots, fleet) => {
    for (const [slot, { outcome, toldUs }] of slots.entries()) {
      const key = keyOf(fleet, slot);
      const copies = stored.get(key) ?? 0;
      if (copies > 1 + (doubtfulRepeats.get(key) ?? 0) && !doubles)
        wrong.push(`event ${key} is stored ${copies} times`);
      if (outcome === Outcome.acked && copies === 0 && isLossless)
        wrong.push(`event ${key} is acknowledged and not stored`);
      if (outcome === Outcome.rejected && copies > 0 && !others && !phantoms.has(key))
        wrong.push(`event ${key} is rejected and stored`);
      if (outcome === Outcome.rejected && doubts.has(key)) wrong.push(`event ${key} is rejected, and was in doubt`);
      const hadTime = !deadlinesUs.some((us) => us <= toldUs);
      if (outcome === Outcome.unknown && !doubts.has(key) && hadTime)
        wrong.push(`event ${key} is unknown, and was never in doubt`);
    }
  });
}
