import type { Micros } from '../core/clock.ts';
import { draw, foldHigh, unit } from '../core/random.ts';
import { timeUuid } from '../core/time-uuid.ts';
import type { Device, DeviceModel, Fleets, ModelShape, Params, ReadingSpecs, SeatKey } from './model.ts';
import { type CashCalendar, cashCalendar } from './physics/cash-calendar.ts';
import { type CashMachine, cashMachines, distanceKm, nearestMachines, operators } from './physics/cash-map.ts';

/** First channel of each stage's random draws. */
const Channel = { gap: 0, account: 1, home: 2, kind: 3, machine: 4, amount: 5, lead: 6, other: 7, node: 8 } as const;

const amounts = [20, 50, 100, 200, 300, 400] as const;
const MOST_ACCOUNTS = 10_000_000;
/** Longest time by which a fraud's record lies back, s. */
const LONGEST_LEAD_S = 600;
/** Machines that somebody who stays near home goes to. */
const NEARBY = 6;
/** Two withdrawals are taken to be so far apart at least: half the width of a second. */
const SHORTEST_APART_S = 0.5;
const NONE = Number.NaN;

/** The record of the original, member for member. */
const record = {
  account_id: 'a<account>',
  timestamp: '<time.utc> +0000',
  atm: '<atm>',
  amount: '<amount>',
  location: { lat: '<lat>', lon: '<lon>' },
  transaction_id: '<mark><id_low:x8>-<id_mid:x4>-<id_high:x4>-<id_sequence:x4>-<id_node:x12>',
} as const;

const labels: ReadingSpecs = {
  fraud: { doc: 'Whether this is the second one of two.', unit: '', decimals: 0, min: 0, max: 1, flag: true },
  machine: { doc: 'Number of the machine on the map.', unit: '', decimals: 0, min: 0, max: 1999 },
  twin_of: {
    doc: 'Of a fraud: the sequence number of the withdrawal whose account it uses.',
    unit: '',
    decimals: 0,
    min: 0,
    max: 4_503_599_627_370_496,
    optional: true,
  },
  distance: {
    doc: 'Of a fraud: how far the machines of the two are apart.',
    unit: 'km',
    decimals: 3,
    min: 0,
    max: 200,
    optional: true,
  },
  apart: {
    doc: 'Of a fraud: how much earlier than the other it says that it was.',
    unit: 's',
    decimals: 3,
    min: -1e9,
    max: 1e9,
    optional: true,
  },
  speed: {
    doc: 'Of a fraud: how fast one would have had to travel.',
    unit: 'km/h',
    decimals: 1,
    min: 0,
    max: 2_000_000,
    optional: true,
  },
};

const payloads: ModelShape['payloads'] = {
  gess: {
    doc: 'The record of gess, a generator of withdrawals: its members in their order, places as text.',
    codec: 'json',
    fields: record,
    identity: 'none',
  },
  'gess-traced': { doc: 'The same with an event id of its own.', codec: 'json', fields: record, identity: 'fields' },
  labelled: {
    doc: 'The same with the truth beside it.',
    codec: 'json',
    fields: {
      ...record,
      fraud: '<fraud>',
      twin_of: '<twin_of>',
      distance_km: '<distance>',
      apart_s: '<apart>',
      speed_kmh: '<speed>',
    },
    identity: 'fields',
  },
};

/** Readings with the texts of so many machines. */
function shapeOf(machines: readonly CashMachine[]): ModelShape {
  const last = machines.length - 1;
  const text = (doc: string, of: (machine: CashMachine) => string) => {
    return { doc, unit: '', decimals: 0, min: 0, max: last, names: machines.map(of) };
  };
  const part = (doc: string, max: number) => ({ doc, unit: '', decimals: 0, min: 0, max });
  return {
    readings: {
      account: { doc: 'Number of the account.', unit: '', decimals: 0, min: 1, max: MOST_ACCOUNTS },
      atm: text('Who runs the machine.', ({ operator }) => operators[operator] as string),
      amount: { doc: 'What is paid out.', unit: '', decimals: 0, min: 20, max: 400 },
      lat: text('Latitude of the machine, as text.', ({ latitude }) => `${latitude}`),
      lon: text('Longitude of the machine, as text.', ({ longitude }) => `${longitude}`),
      mark: {
        doc: 'What stands before the id of a fraud.',
        unit: '',
        decimals: 0,
        min: 0,
        max: 1,
        names: ['', 'xxx'],
      },
      id_low: part('Version 1 UUID of the withdrawal, a fraud has that of the other: its first part.', 0xffffffff),
      id_mid: part('Its second part.', 0xffff),
      id_high: part('Its third part.', 0xffff),
      id_sequence: part('Its fourth part.', 0xffff),
      id_node: part('Its fifth part, the same for all of a device.', 0xffffffffffff),
    },
    labels,
    payloads,
  };
}

const usual = shapeOf(cashMachines(124));
/** The one asked for last: it is asked for per event where facts are told. */
let latest = usual;

function shapeOfCount(count: number): ModelShape {
  if (latest.readings['lat']?.names?.length !== count) latest = shapeOf(cashMachines(count));
  return latest;
}

/** Withdrawals as they come from a network of cash machines. */
export const cashMachine: DeviceModel = {
  name: 'cash-machine',
  doc: 'Withdrawals at the cash machines of a county, some of them followed by a fraud: the same account at another machine, some minutes before. A device is a line on which they come from all machines.',
  params: {
    accounts: { doc: 'How many there are.', type: 'number', default: 1000, min: 1, max: MOST_ACCOUNTS },
    machines: { doc: 'How many there are.', type: 'number', default: 124, min: 2, max: 2000 },
    fraud_gap_min: {
      doc: 'Withdrawals between two frauds, at least.',
      type: 'number',
      default: 6,
      min: 2,
      max: 1_000_000,
    },
    fraud_gap_max: { doc: 'And at most.', type: 'number', default: 16, min: 2, max: 1_000_000 },
    fraud_lead_min: {
      doc: 'How long before it is sent a fraud says that it was, at least.',
      unit: 's',
      type: 'number',
      default: 60,
      min: 0,
      max: LONGEST_LEAD_S,
    },
    fraud_lead_max: {
      doc: 'And at most.',
      unit: 's',
      type: 'number',
      default: 600,
      min: 0,
      max: LONGEST_LEAD_S,
    },
    customers: {
      doc: 'Whether they go to any machine, or to those near their home: then only frauds are far from one another.',
      type: 'choice',
      default: 'anywhere',
      choices: ['anywhere', 'near_home'],
    },
    calendar: {
      doc: 'How much hour, weekday and month, in UTC, decide where withdrawals are made and how large they are; how many there are the fleet’s profile says.',
      type: 'number',
      default: 1,
      min: 0,
      max: 1,
    },
  },
  ...usual,
  shape: (params) => shapeOfCount(countOf(params)),
  costNs: 980,
  // Half a microsecond more than the longest lead, so that it lies within.
  maxSamplingDelayUs: LONGEST_LEAD_S * 1_000_000 + 1,
  create: (params, _scene, _devices, fleets) => new Line(params, fleets),
};

function countOf(params: Params): number {
  return Math.floor(Number(params['machines']));
}

class Line implements Device {
  readonly #accounts: number;
  readonly #machines: readonly CashMachine[];
  readonly #nearest: readonly Int32Array[] | null;
  /** Events from fraud to fraud on average, and how much earlier than at the end of so many one may be. */
  readonly #period: number;
  readonly #early: number;
  readonly #leadS: number;
  readonly #leadRangeS: number;
  readonly #calendar: number;
  readonly #fleets: Fleets | undefined;
  readonly #date: CashCalendar = { middle: 0, lean: 0 };
  readonly #node = { high: 0, low: 0 };

  constructor(params: Params, fleets: Fleets | undefined) {
    const number = (name: string): number => Number(params[name]);
    this.#accounts = Math.floor(number('accounts'));
    this.#machines = cashMachines(countOf(params));
    this.#nearest = params['customers'] === 'near_home' ? nearestMachines(this.#machines, NEARBY) : null;
    const least = Math.floor(number('fraud_gap_min'));
    const most = Math.max(least, Math.floor(number('fraud_gap_max')));
    // Two frauds with this grid and these shifts have from `least` to `most` between them.
    this.#early = Math.floor((most - least) / 2);
    this.#period = least + this.#early + 1;
    this.#leadS = number('fraud_lead_min');
    this.#leadRangeS = Math.max(0, number('fraud_lead_max') - this.#leadS);
    this.#calendar = number('calendar');
    this.#fleets = fleets;
  }

  sampledAt(seat: SeatKey, n: number, dueUs: Micros): Micros {
    return this.#isFraud(seat, n) ? dueUs - this.#leadOf(seat, n) * 1_000_000 : dueUs;
  }

  sample(seat: SeatKey, n: number, tUs: Micros, out: Float64Array, at: number): void {
    const isFraud = this.#isFraud(seat, n);
    const first = isFraud ? n - 1 : n;
    // Where nobody knows when the one before was due, it was just before.
    const firstUs = isFraud ? (this.#fleets?.own.dueOf(seat.seat, first) ?? this.#sentAt(seat, n, tUs)) : tUs;
    const { k0 } = seat;
    const k1 = foldHigh(seat.k1, first);
    const account = 1 + Math.floor(unit(draw(k0, k1, first, Channel.account)) * this.#accounts);
    const usedFirst = this.#machineOf(seat, first, account, firstUs);
    const machine = isFraud ? this.#otherThan(usedFirst, seat, n) : usedFirst;

    out[at] = account;
    out[at + 1] = machine;
    out[at + 2] = this.#amountOf(seat, n, tUs);
    out[at + 3] = machine;
    out[at + 4] = machine;
    out[at + 5] = isFraud ? 1 : 0;
    this.#node.high = draw(k0, seat.k1, 0, Channel.node);
    this.#node.low = draw(k0, seat.k1, 1, Channel.node);
    timeUuid(firstUs, first, this.#node, out, at + 6);
    out[at + 11] = isFraud ? 1 : 0;
    out[at + 12] = machine;
    out[at + 13] = NONE;
    out[at + 14] = NONE;
    out[at + 15] = NONE;
    out[at + 16] = NONE;
    if (!isFraud) return;
    const apartS = (firstUs - tUs) / 1e6;
    const km = distanceKm(this.#machines[usedFirst] as CashMachine, this.#machines[machine] as CashMachine);
    out[at + 13] = first;
    out[at + 14] = km;
    out[at + 15] = apartS;
    out[at + 16] = (3600 * km) / Math.max(apartS < 0 ? -apartS : apartS, SHORTEST_APART_S);
  }

  /** Each period of events has one fraud near its end, whatever came before. */
  #isFraud({ k0, k1 }: SeatKey, n: number): boolean {
    const period = Math.floor(n / this.#period);
    const early = Math.floor(unit(draw(k0, foldHigh(k1, period), period, Channel.gap)) * (this.#early + 1));
    return n - period * this.#period === this.#period - 1 - early;
  }

  /** Whole seconds. */
  #leadOf({ k0, k1 }: SeatKey, n: number): number {
    return Math.floor(this.#leadS + unit(draw(k0, foldHigh(k1, n), n, Channel.lead)) * (this.#leadRangeS + 1 - 1e-9));
  }

  #sentAt(seat: SeatKey, n: number, tUs: Micros): Micros {
    return tUs + this.#leadOf(seat, n) * 1_000_000;
  }

  /** Where a withdrawal is made; on average over a day as often at each machine. */
  #machineOf({ k0, k1 }: SeatKey, n: number, account: number, tUs: Micros): number {
    const fold = foldHigh(k1, n);
    const u = unit(draw(k0, fold, n, Channel.machine));
    const { length } = this.#machines;
    if (this.#nearest !== null) {
      // The same home on every line.
      const home = Math.floor(unit(draw(0x686f6d65, 0x68617368, account, Channel.home)) * length);
      const nearby = this.#nearest[home] as Int32Array;
      return nearby[Math.floor(u * nearby.length)] as number;
    }
    cashCalendar(tUs, this.#date);
    const inMiddle = (length + 1) >> 1;
    // As likely as there are machines in the middle, more or less by what others there are to give or take.
    const share = inMiddle / length + ((this.#calendar * this.#date.middle) / length) * (length - inMiddle);
    const isInMiddle = unit(draw(k0, fold, n, Channel.kind)) < share;
    const count = isInMiddle ? inMiddle : length - inMiddle;
    return 2 * Math.floor(u * count) + (isInMiddle ? 0 : 1);
  }

  /** Any other machine, each as likely. */
  #otherThan(machine: number, { k0, k1 }: SeatKey, n: number): number {
    const { length } = this.#machines;
    const step = 1 + Math.floor(unit(draw(k0, foldHigh(k1, n), n, Channel.other)) * (length - 1));
    return (machine + step) % length;
  }

  /** One of the six; without a lean each as likely, with it the largest ones more at the cost of the smallest. */
  #amountOf({ k0, k1 }: SeatKey, n: number, tUs: Micros): number {
    cashCalendar(tUs, this.#date);
    const lean = this.#calendar * this.#date.lean;
    let left = unit(draw(k0, foldHigh(k1, n), n, Channel.amount)) * 6;
    for (let i = 0; i < 5; i++) {
      left -= 1 + (lean * (i - 2.5)) / 2.5;
      if (left < 0) return amounts[i] as number;
    }
    return 400;
  }
}
