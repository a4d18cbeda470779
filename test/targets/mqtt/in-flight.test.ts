import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../src/core/outcome.ts';
import { FIRST_OWN_ID, InFlight, MAX_WINDOW, OWN_IDS } from '../../../src/targets/mqtt/in-flight.ts';
import { Settlements } from '../../../src/targets/mqtt/settlements.ts';
import { SinkRecord } from '../../contracts/sink.ts';

type Step =
  | { do: 'send' }
  | { do: 'ack'; which: number }
  | { do: 'expire'; age: number }
  | { do: 'stray'; id: number }
  | { do: 'clear' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: fc.constant<Step>({ do: 'send' }) },
  { weight: 25, arbitrary: fc.nat(30).map((which): Step => ({ do: 'ack', which })) },
  { weight: 5, arbitrary: fc.nat(20).map((age): Step => ({ do: 'expire', age })) },
  { weight: 5, arbitrary: fc.nat(65_535).map((id): Step => ({ do: 'stray', id })) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'clear' }) },
);

describe('InFlight', () => {
  it('settles each slot once, whatever comes in whatever order, and never reuses an identifier that may still be acknowledged', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (script, capacity) => {
        const record = new SinkRecord();
        const settlements = new Settlements([0], record);
        const inFlight = new InFlight(capacity);
        /** Identifiers whose PUBACK has not come, with their slot: what a broker would still answer. */
        const open = new Map<number, { slot: number; sentAt: number; waiting: boolean }>();
        let now = 0;
        const settled = (outcome: Outcome, act: () => void): void => {
          settlements.begin(outcome, 'test', now);
          act();
          settlements.flush();
        };
        for (const step of script) {
          now++;
          const waiting = [...open].filter(([, entry]) => entry.waiting);
          switch (step.do) {
            case 'send': {
              const id = inFlight.add(0, now, now);
              expect(open.has(id)).toBe(false);
              expect(id).toBeGreaterThanOrEqual(FIRST_OWN_ID);
              expect(id).toBeLessThanOrEqual(65_535);
              open.set(id, { slot: now, sentAt: now, waiting: true });
              break;
            }
            case 'ack': {
              const [id, entry] = [...open][step.which % Math.max(1, open.size)] ?? [];
              if (id === undefined || entry === undefined) break;
              settled(Outcome.acked, () => expect(inFlight.acknowledge(id, settlements)).toBe(entry.waiting));
              if (entry.waiting) expect(record.outcomes.get(`0/${entry.slot}`)?.sentAtUs).toBe(entry.sentAt);
              open.delete(id);
              break;
            }
            case 'stray':
              if (!open.has(step.id))
                settled(Outcome.acked, () => expect(inFlight.acknowledge(step.id, settlements)).toBe(false));
              break;
            case 'expire': {
              const old = waiting.filter(([, { sentAt }]) => sentAt < now - step.age);
              settled(Outcome.unknown, () => expect(inFlight.expire(now - step.age, settlements)).toBe(old.length));
              for (const [, entry] of old) entry.waiting = false;
              break;
            }
            case 'clear':
              settled(Outcome.unknown, () => expect(inFlight.clear(settlements)).toBe(waiting.length));
              open.clear();
          }
          const left = [...open.values()].filter((entry) => entry.waiting);
          expect(inFlight.waiting).toBe(left.length);
          expect(inFlight.expired).toBe(open.size - left.length);
          expect(inFlight.oldestSentAtUs).toBe(Math.min(Number.POSITIVE_INFINITY, ...left.map(({ sentAt }) => sentAt)));
        }
        expect(record.repeated).toEqual([]);
        const sent = script.filter((step) => step.do === 'send').length;
        expect(record.outcomes.size).toBe(sent - inFlight.waiting);
      }),
    );
  });

  it('has an identifier for a full window when as many rest as may', () => {
    const settlements = new Settlements([0], new SinkRecord());
    const inFlight = new InFlight(16);
    const ids = new Set<number>();
    for (let slot = 0; slot < OWN_IDS - MAX_WINDOW; slot++) ids.add(inFlight.add(0, slot, 0));
    settlements.begin(Outcome.unknown, 'timeout', 1);
    inFlight.expire(1, settlements);
    for (let slot = 0; slot < MAX_WINDOW; slot++) ids.add(inFlight.add(0, slot, 2));
    expect(ids.size).toBe(OWN_IDS);
    expect(Math.max(...ids)).toBe(65_535);
    expect(() => inFlight.add(0, 0, 3)).toThrow(/packet identifiers/);
  });
});
