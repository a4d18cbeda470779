import { describe, expect, it } from 'vitest';
import { json } from '../../src/codecs/json.ts';
import { createContext, Value } from '../../src/codecs/layout.ts';
import type { Quantity } from '../../src/codecs/vocabulary.ts';
import { createFleetEvents } from '../../src/events/fleet-events.ts';
import { cashMachine } from '../../src/models/cash-machine.ts';
import type { Device, ParamValue } from '../../src/models/model.ts';
import { profileFields } from '../../src/plan/fleet-payload.ts';
import { vocabulary, write } from '../contracts/codec.ts';
import { defaultParams, seatKey } from '../contracts/model.ts';
import { anchor, eventsOf, fleetOf, planOf } from '../events/plans.ts';
import { fingerprint, mean } from './column-statistics.ts';

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;
/** A Monday. */
const START_US = Date.UTC(2026, 0, 5) * 1000;
/** Of one line, so that its withdrawals without frauds are one in 0.75 s. */
const GAP_US = Math.round((0.75 * SECOND * 11) / 12);
const amounts = [20, 50, 100, 200, 300, 400];
const At = { account: 0, machine: 1, amount: 2, mark: 5, fraud: 11, twinOf: 13, distance: 14, apart: 15, speed: 16 };
const WIDTH = 17;

function line(params: Record<string, ParamValue> = {}): Device {
  return cashMachine.create({ ...defaultParams(cashMachine), ...params }, []);
}

interface Row {
  n: number;
  dueUs: number;
  atUs: number;
  values: Float64Array;
}

function rows(device: Device, count: number, gapUs: number, seat = 0): Row[] {
  const key = seatKey(seat);
  return Array.from({ length: count }, (_, n) => {
    const dueUs = START_US + Math.floor(n * gapUs);
    const atUs = device.sampledAt(key, n, dueUs);
    const values = new Float64Array(WIDTH);
    device.sample(key, n, atUs, values, 0);
    return { n, dueUs, atUs, values };
  });
}

const isFraud = ({ values }: Row): boolean => values[At.fraud] === 1;
const of = (at: number) => (row: Row) => row.values[at] as number;
/** How far counts are from equal ones, in standard deviations of the sum of squares. */
function unevenness(counts: readonly number[]): number {
  const expected = mean(counts);
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chi - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}
function tally(values: readonly number[], size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  return counts;
}

describe('cash-machine, as the original draws', () => {
  const stream = rows(line(), 60_000, GAP_US);

  it('has accounts a1 to a1000, each as often', () => {
    const counts = tally(stream.filter((row) => !isFraud(row)).map(of(At.account)), 1001);
    expect(counts[0]).toBe(0);
    expect(Math.abs(unevenness(counts.slice(1)))).toBeLessThan(4);
  });

  it('has 124 machines, each as often over a week', () => {
    const week = rows(line(), 60_000, (7 * DAY) / 60_000);
    expect(Math.abs(unevenness(tally(week.map(of(At.machine)), 124)))).toBeLessThan(4);
  });

  it('pays out 20, 50, 100, 200, 300 or 400, each as often over a year', () => {
    const year = rows(line(), 60_000, (365 * DAY) / 60_000);
    const counts = amounts.map((amount) => year.filter((row) => row.values[At.amount] === amount).length);
    expect(counts.reduce((a, b) => a + b)).toBe(60_000);
    for (const count of counts) expect(Math.abs(count / 60_000 - 1 / 6)).toBeLessThan(0.008);
    // And at any time where no calendar is asked for.
    const plain = rows(line({ calendar: 0 }), 30_000, SECOND).map(of(At.amount));
    expect(Math.abs(unevenness(amounts.map((amount) => plain.filter((x) => x === amount).length)))).toBeLessThan(4);
  });

  it('has one fraud in twelve records, 6 to 16 withdrawals after the one before', () => {
    const frauds = stream.filter(isFraud);
    expect(Math.abs(frauds.length / stream.length - 1 / 12)).toBeLessThan(0.0005);
    const gaps = frauds.slice(1).map(({ n }, i) => n - (frauds[i] as Row).n - 1);
    expect([Math.min(...gaps), Math.max(...gaps)]).toEqual([6, 16]);
  });

  it('has frauds say that they were 60 to 600 s before, in whole seconds, each as likely', () => {
    const leads = stream.filter(isFraud).map(({ dueUs, atUs }) => (dueUs - atUs) / SECOND);
    expect(leads.every(Number.isInteger)).toBe(true);
    expect([Math.min(...leads), Math.max(...leads)]).toEqual([60, 600]);
    expect(Math.abs(mean(leads) - 330)).toBeLessThan(8);
    expect(Math.abs(unevenness(tally(leads, 601).slice(60)))).toBeLessThan(4);
    for (const row of stream) if (!isFraud(row)) expect(row.atUs).toBe(row.dueUs);
  });

  it('has about 0.8 withdrawals of the same account in the ten minutes before each, which are no frauds', () => {
    const honest = stream.filter((row) => !isFraud(row));
    const times = new Map<number, number[]>();
    let pairs = 0;
    let counted = 0;
    for (const { values, atUs } of honest) {
      const before = times.get(values[At.account] as number) ?? [];
      times.set(values[At.account] as number, before);
      if (atUs > START_US + 600 * SECOND) {
        pairs += before.filter((us) => atUs - us < 600 * SECOND).length;
        counted++;
      }
      before.push(atUs);
    }
    expect(Math.abs(pairs / counted - 0.8)).toBeLessThan(0.03);
  });
});

describe('cash-machine, frauds', () => {
  const stream = rows(line(), 30_000, GAP_US, 3);

  it('use the account and the id of the withdrawal before, at another machine', () => {
    let found = 0;
    for (const row of stream.filter(isFraud)) {
      const before = stream[row.n - 1] as Row;
      found++;
      expect(row.values[At.twinOf]).toBe(before.n);
      expect(row.values[At.mark]).toBe(1);
      expect(before.values[At.mark]).toBe(0);
      expect(row.values[At.account]).toBe(before.values[At.account]);
      expect(row.values[At.machine]).not.toBe(before.values[At.machine]);
    }
    expect(found).toBe(2_500);
  });

  it('are labelled with the way, the time and the speed that it would take; others have none', () => {
    for (const row of stream) {
      const told = [At.twinOf, At.distance, At.apart, At.speed].map((at) => row.values[at] as number);
      expect(told.every((value) => !Number.isNaN(value))).toBe(isFraud(row));
      expect(told.every(Number.isNaN)).toBe(!isFraud(row));
      if (!isFraud(row)) continue;
      const [, km, apart, speed] = told as [number, number, number, number];
      expect(km).toBeGreaterThan(0);
      expect(km).toBeLessThan(70);
      expect(speed).toBeCloseTo((3600 * km) / apart, 6);
    }
  });

  it('are told from customers who stay near home by their distance', () => {
    const near = rows(line({ customers: 'near_home' }), 60_000, GAP_US);
    const places = new Map<number, Set<number>>();
    for (const { values } of near.filter((row) => !isFraud(row))) {
      const account = values[At.account] as number;
      places.set(account, (places.get(account) ?? new Set()).add(values[At.machine] as number));
    }
    for (const { size } of places.values()) expect(size).toBeLessThanOrEqual(6);
    const anywhere = near.filter(isFraud).map(of(At.distance));
    expect(mean(anywhere)).toBeGreaterThan(10);
  });

  it('know when the one before was due, however slow the line is', () => {
    // One event an hour: the other is not just before, and no lead reaches back to it.
    const fleet = fleetOf('cash-machine', 'labelled', {
      devices: 2,
      schedule: { rate: { events: 2, perUs: 3600 * SECOND }, segments: [] },
    });
    const plan = planOf([fleet]);
    const events = createFleetEvents(plan, 0, anchor);
    let found = 0;
    for (let slot = 2; slot < 200; slot++) {
      const { labels, timeUs } = events.facts(slot);
      if (labels['fraud'] !== 1) continue;
      const before = events.facts(slot - 2);
      found++;
      expect(labels['apart']).toBeCloseTo((before.timeUs - timeUs) / SECOND, 6);
      expect(labels['apart']).toBeLessThan(0);
      expect(labels['machine']).not.toBe(before.labels['machine']);
      const [first, second] = eventsOf(plan, 0, [slot - 2, slot]).map(({ payload }) => JSON.parse(payload));
      expect(second.transaction_id).toBe(`xxx${first.transaction_id}`);
      expect(second.account_id).toBe(first.account_id);
    }
    expect(found).toBeGreaterThan(12);
  });
});

describe('cash-machine, calendar', () => {
  const year = rows(line(), 100_000, (364 * DAY) / 100_000).filter((row) => !isFraud(row));
  const hourOf = ({ atUs }: Row): number => new Date(atUs / 1000).getUTCHours();
  const dayOf = ({ atUs }: Row): number => new Date(atUs / 1000).getUTCDay();
  const monthOf = ({ atUs }: Row): number => new Date(atUs / 1000).getUTCMonth();
  const amountWhere = (fits: (row: Row) => boolean): number => mean(year.filter(fits).map(of(At.amount)));
  const middleWhere = (fits: (row: Row) => boolean): number =>
    mean(year.filter(fits).map((row) => ((row.values[At.machine] as number) % 2 === 0 ? 1 : 0)));

  it('moves withdrawals to the middle of the towns at noon, less so on Sundays, and out at night', () => {
    expect(Math.abs(middleWhere((row) => hourOf(row) === 13 && dayOf(row) === 3) - 0.8)).toBeLessThan(0.05);
    expect(Math.abs(middleWhere((row) => hourOf(row) === 13 && dayOf(row) === 0) - 0.625)).toBeLessThan(0.06);
    expect(Math.abs(middleWhere((row) => hourOf(row) === 1 && dayOf(row) === 3) - 0.2)).toBeLessThan(0.05);
  });

  it('makes amounts larger in the evening, before the weekend and in December', () => {
    const usual = amountWhere(() => true);
    expect(Math.abs(usual - 1070 / 6)).toBeLessThan(2);
    expect(amountWhere((row) => hourOf(row) === 19) - amountWhere((row) => hourOf(row) === 7)).toBeGreaterThan(35);
    expect(amountWhere((row) => dayOf(row) === 6) - amountWhere((row) => dayOf(row) === 2)).toBeGreaterThan(15);
    expect(amountWhere((row) => monthOf(row) === 11) - amountWhere((row) => monthOf(row) === 0)).toBeGreaterThan(14);
  });
});

describe('cash-machine', () => {
  it('writes the published record byte for byte', () => {
    const profile = cashMachine.payloads['gess'];
    if (profile === undefined) throw new Error('no such profile');
    // The machine of the record stands on no map of ours.
    const texts: Record<string, string[]> = { atm: ['HSBC'], lat: ['53.7980265'], lon: ['-1.547125'] };
    const quantities = Object.entries(cashMachine.readings).map(
      ([name, spec]): { name: string; quantity: Quantity } => {
        const names = texts[name];
        return { name, quantity: names === undefined ? spec : { ...spec, names } };
      },
    );
    const context = createContext(quantities.length, 1);
    context.values[Value.timeUs] = Date.UTC(2018, 10, 23, 11, 57, 45) * 1000;
    const id = [0xbb35284a, 0xc883, 0x11e8, 0x8421, 0x186590d22a35];
    context.values.set([314, 0, 50, 0, 0, 0, ...id], Value.readings);
    const schema = { fields: profileFields(profile.fields), identity: null, vocabulary: { ...vocabulary, quantities } };
    const text = (): string => new TextDecoder().decode(write(json, schema, context, true));
    const published =
      '{"account_id":"a314","timestamp":"2018-11-23 11:57:45 +0000","atm":"HSBC","amount":50,"location":{"lat":"53.7980265","lon":"-1.547125"},"transaction_id":"bb35284a-c883-11e8-8421-186590d22a35"}';
    expect(text()).toBe(published);
    context.values[Value.readings + 5] = 1;
    expect(text()).toBe(published.replace('"bb35', '"xxxbb35'));
  });

  const fleet = (profile: string) =>
    planOf([
      fleetOf('cash-machine', profile, {
        devices: 1,
        schedule: { rate: { events: 4, perUs: 3 * SECOND }, segments: [] },
      }),
    ]);

  it('gives the same records for ever, a fraud behind its withdrawal', () => {
    expect(
      eventsOf(fleet('gess'), 0, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).map(({ payload }) => payload),
    ).toMatchInlineSnapshot(`
      [
        "{"account_id":"a543","timestamp":"2026-03-01 12:00:00 +0000","atm":"NatWest","amount":200,"location":{"lat":"53.8015668","lon":"-1.5222625"},"transaction_id":"2c7e05a0-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a82","timestamp":"2026-03-01 12:00:01 +0000","atm":"Barclays","amount":50,"location":{"lat":"53.7987509","lon":"-1.7531348"},"transaction_id":"2cf07681-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a140","timestamp":"2026-03-01 12:00:01 +0000","atm":"Santander","amount":100,"location":{"lat":"53.7982002","lon":"-1.536421"},"transaction_id":"2d62e762-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a985","timestamp":"2026-03-01 12:00:02 +0000","atm":"Halifax","amount":50,"location":{"lat":"53.636197","lon":"-1.7787681"},"transaction_id":"2dd55843-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a932","timestamp":"2026-03-01 12:00:03 +0000","atm":"Santander","amount":20,"location":{"lat":"53.6812275","lon":"-1.502481"},"transaction_id":"2e47c924-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a546","timestamp":"2026-03-01 12:00:04 +0000","atm":"TSB","amount":100,"location":{"lat":"53.7957961","lon":"-1.5244672"},"transaction_id":"2eba3a05-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a764","timestamp":"2026-03-01 12:00:04 +0000","atm":"Lloyds","amount":50,"location":{"lat":"53.7328631","lon":"-1.7878551"},"transaction_id":"2f2caae6-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a731","timestamp":"2026-03-01 12:00:05 +0000","atm":"HSBC","amount":20,"location":{"lat":"53.7607625","lon":"-1.5727249"},"transaction_id":"2f9f1bc7-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a847","timestamp":"2026-03-01 12:00:06 +0000","atm":"HSBC","amount":20,"location":{"lat":"53.7607625","lon":"-1.5727249"},"transaction_id":"30118ca8-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a213","timestamp":"2026-03-01 12:00:07 +0000","atm":"Halifax","amount":20,"location":{"lat":"53.8029356","lon":"-1.7546683"},"transaction_id":"3083fd89-1566-11f1-8000-e18d9560df45"}",
        "{"account_id":"a338","timestamp":"2026-03-01 12:00:07 +0000","atm":"Nationwide","amount":20,"location":{"lat":"53.8029544","lon":"-1.5508757"},"transaction_id":"30f66e60-1566-11f1-8001-e18d9560df45"}",
        "{"account_id":"a338","timestamp":"2026-03-01 11:52:31 +0000","atm":"Nationwide","amount":400,"location":{"lat":"53.6912166","lon":"-1.4498613"},"transaction_id":"xxx30f66e60-1566-11f1-8001-e18d9560df45"}",
      ]
    `);
    const [traced] = eventsOf(fleet('gess-traced'), 0, [1]).map(({ payload }) => payload);
    const [plain] = eventsOf(fleet('gess'), 0, [1]).map(({ payload }) => payload);
    expect(traced).toMatch(/,"_id":"[0-9a-f-]{50}"\}$/);
    expect(traced?.replace(/,"_id":"[0-9a-f-]{50}"/, '')).toBe(plain);
  });

  it('never gives an id twice, and each is a version 1 UUID of its time', () => {
    const ids = eventsOf(fleet('gess'), 0, Array(3_000).keys()).map(
      ({ payload }) => JSON.parse(payload).transaction_id,
    );
    expect(new Set(ids).size).toBe(3_000);
    for (const id of ids) expect(id).toMatch(/^(xxx)?[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('gives the same values for ever', () => {
    const device = line({ customers: 'near_home' });
    expect([
      fingerprint(line(), WIDTH, START_US, 91_193_000),
      fingerprint(device, WIDTH, START_US, 91_193_000),
    ]).toEqual([2_216_891_609, 2_152_292_440]);
  });
});
