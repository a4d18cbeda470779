import { expect } from 'vitest';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import type { TargetFleet, TargetOptions } from '../../src/targets/target.ts';
import { payloadOf, SinkRecord, sendSlots, sinkContext } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';

/** Sends `events` events of a fleet over MQTT with these options, and expects each of them back once. */
export async function expectRoundTrip(options: TargetOptions, fleet: TargetFleet, events: number): Promise<void> {
  const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
  const source = await openSource(options, sourceContext(arrived, [fleet]));
  const sink = await openSink(options, sinkContext(sent, [fleet]));
  await sendSlots(sink, sent, fleet, 0, events);
  await sink.flush(10_000);
  await arrived.reached(events);
  const expected = Array.from({ length: events }, (_, slot) => payloadOf(fleet.index, slot));
  expect(arrived.arrivals.map(({ payload }) => payload).sort()).toEqual(expected.sort());
  await Promise.all([sink.close(), source.close()]);
  expect(sent.repeated).toEqual([]);
}

/** Why a sink with these options does not open. */
export async function refusalOf(options: TargetOptions, fleet: TargetFleet): Promise<Error> {
  try {
    const sink = await openSink(options, sinkContext(new SinkRecord(), [fleet]));
    await sink.close();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it opened');
}
