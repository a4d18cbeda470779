import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/core/clock.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import type {
  DeliveredBatch,
  Sink,
  SinkContext,
  Source,
  SourceContext,
  TargetFleet,
} from '../../src/targets/target.ts';
import { addressOf, payloadOf, SinkRecord, sendSlots, sinkContext, testFleet } from './sink.ts';

/** A target that can be read back. A test calls `start` before and `stop` after each case. */
export interface SourceSubject {
  /** Address template of the fleets, as the plan would have it. */
  address: string;
  /** What `readToEnd` must answer: whether absence is proof here. */
  complete: boolean;
  start(): Promise<{
    openSink(context: SinkContext): Promise<Sink>;
    openSource(context: SourceContext): Promise<Source>;
    /** A source with options that lead nowhere; must reject with `deadCode`. Left out where reading may begin before anything exists. */
    openDead?(context: SourceContext): Promise<Source>;
    deadCode?: ErrorCode;
    stop(): Promise<void>;
  }>;
}

/** Copies of everything delivered. */
export class SourceRecord {
  readonly arrivals: { address: string; payload: string; atUs: number }[] = [];
  readonly notices: string[] = [];

  delivered(batch: DeliveredBatch): void {
    for (let i = 0; i < batch.count; i++) {
      this.arrivals.push({
        address: text(batch.bytes, batch.addressStarts[i] as number, batch.addressEnds[i] as number),
        payload: text(batch.bytes, batch.payloadStarts[i] as number, batch.payloadEnds[i] as number),
        atUs: batch.atUs,
      });
    }
  }

  notice(kind: string, detail: string, count: number): void {
    expect(count).toBeGreaterThan(0);
    this.notices.push(`${kind}: ${detail}`);
  }

  /** Resolves when `count` events have arrived; rejects with what is there after `timeoutMs`. */
  async reached(count: number, timeoutMs = 10_000): Promise<void> {
    const clock = systemClock();
    const deadlineUs = clock.nowUs() + timeoutMs * 1000;
    while (this.arrivals.length < count) {
      if (clock.nowUs() > deadlineUs)
        throw new Error(`${this.arrivals.length} of ${count} events after ${timeoutMs} ms`);
      await sleep(clock, 2);
    }
  }
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();
}

export function sourceContext(events: SourceContext['events'], fleets: readonly TargetFleet[]): SourceContext {
  return { clock: systemClock(), runId: 'r0000test', fleets, events, random: () => 0.5, reveal: (secret) => secret };
}

/** What every source keeps, whatever its protocol, shown on a round trip through its own sink. */
export function sourceContract(name: string, subject: SourceSubject): void {
  describe(`${name} as a source`, () => {
    let fixture: Awaited<ReturnType<SourceSubject['start']>>;
    let arrived: SourceRecord;
    const fleets = [testFleet(0, 5, subject.address), testFleet(1, 3, subject.address)];

    beforeEach(async () => {
      arrived = new SourceRecord();
      fixture = await subject.start();
    });
    afterEach(() => fixture.stop());

    it('delivers each event once, in the order of its device, with its bytes', async () => {
      const sent = new SinkRecord();
      const source = await fixture.openSource(sourceContext(arrived, fleets));
      const sink = await fixture.openSink(sinkContext(sent, fleets));
      const expected = new Map<string, string[]>();
      for (const fleet of fleets) {
        await sendSlots(sink, sent, fleet, 0, 1500);
        for (let slot = 0; slot < 1500; slot++) {
          const key = `${fleet.index}/${slot % fleet.devices}`;
          const device = expected.get(key) ?? [];
          device.push(payloadOf(fleet.index, slot));
          expected.set(key, device);
        }
      }
      await sink.flush(10_000);
      expect(await source.readToEnd(10_000)).toEqual({ complete: subject.complete });
      await arrived.reached(3000);
      const found = new Map<string, string[]>();
      for (const { address, payload, atUs } of arrived.arrivals) {
        const { fleet, slot } = JSON.parse(payload) as { fleet: number; slot: number };
        const from = fleets[fleet] as TargetFleet;
        const seat = slot % from.devices;
        if (address !== '') expect(address).toBe(addressOf(from, seat));
        expect(atUs).toBeGreaterThan(0);
        const device = found.get(`${fleet}/${seat}`) ?? [];
        device.push(payload);
        found.set(`${fleet}/${seat}`, device);
      }
      expect(found).toEqual(expected);
      expect(source.health()).toMatchObject({ gaps: 0 });
      const counted = source.counted?.() ?? null;
      if (counted?.readAll === true) expect(counted.messages).toBe(arrived.arrivals.length);
      await sink.close();
      await source.close();
      expect(sent.repeated).toEqual([]);
    });

    it('delivers the readiness marker', async () => {
      const source = await fixture.openSource(sourceContext(arrived, fleets));
      const sink = await fixture.openSink(sinkContext(new SinkRecord(), fleets));
      await sink.publish(addressOf(fleets[0] as TargetFleet, 0), Buffer.from('{"iotload":"probe"}'));
      await arrived.reached(1);
      expect(arrived.arrivals[0]?.payload).toBe('{"iotload":"probe"}');
      await sink.close();
      await source.close();
    });

    it('closes more than once, and delivers nothing afterwards', async () => {
      const source = await fixture.openSource(sourceContext(arrived, fleets));
      await Promise.all([source.close(), source.close()]);
      await source.close();
      const sent = new SinkRecord();
      const sink = await fixture.openSink(sinkContext(sent, fleets));
      await sendSlots(sink, sent, fleets[0] as TargetFleet, 0, 20);
      await sink.flush(10_000);
      await sink.close();
      expect(arrived.arrivals).toEqual([]);
    });

    it('rejects with a code where its options lead nowhere, or opens before anything exists', async () => {
      const { openDead } = fixture;
      if (openDead === undefined) {
        const source = await fixture.openSource(sourceContext(arrived, fleets));
        await source.close();
        return;
      }
      await expect(openDead(sourceContext(arrived, fleets))).rejects.toMatchObject({
        name: 'IotloadError',
        code: fixture.deadCode,
      });
    });
  });
}
