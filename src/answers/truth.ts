import { Value } from '../codecs/layout.ts';
import type { Anchor, Part } from '../core/anchor.ts';
import type { Micros } from '../core/clock.ts';
import { timeScale } from '../core/time-scale.ts';
import { EventMaker } from '../events/event-maker.ts';
import { shapeOf } from '../models/model-shape.ts';
import { fleetGroups } from '../plan/fleet-groups.ts';
import type { FleetPlan, Plan } from '../plan/plan.ts';
import { type Mark, marksOf } from './marks.ts';

/** What the truth of a run depends on. */
export interface TruthQuestion {
  plan: Plan;
  anchor: Anchor;
  /** Whose seats are told. */
  shard: Part;
  /** By place in the plan, the first slot that was never sent. */
  until: readonly number[];
}

/** One line of `truth.ndjson`. Times are device time, as payloads tell it. */
export type TruthLine =
  /** Something that happened around devices. */
  | ({ kind: 'quake' | 'shake' | 'disconnect' | 'fault'; from: string; fleets: string[] } & Record<string, unknown>)
  /** Events of one device, one behind the other, that have a mark in common. */
  | {
      kind: string;
      /** What the label says; absent where there is only one thing to say. Of an amount the greatest. */
      value?: string | number;
      fleet: string;
      device: string;
      from: string;
      to: string;
      /** First and last of the events. */
      slots: [number, number];
      events: number;
    };

/** Events between two chances for others to do something. */
export const TRUTH_STRETCH = 4_096;

/**
 * Ground truth of a run: every event with a label that marks it, every event that was doubled or damaged on purpose or held back, each reload
 * of a device, and what the timeline brought about. A pure function of plan, anchor and shard, in the order of fleets and of the event that
 * ends each line. null stands for a moment's pause.
 */
export function* truthOf(question: TruthQuestion): Generator<TruthLine | null> {
  yield* timelineTruth(question);
  for (const [place] of fleetGroups(question.plan) as [number][]) yield* fleetTruth(question, place);
}

function* timelineTruth({ plan, anchor }: TruthQuestion): Generator<TruthLine> {
  const startUs = plan.clock.startUs ?? anchor.startWallUs;
  const scale = timeScale(plan.clock.speed);
  const timeOf = (us: Micros): string => iso(startUs + scale.deviceOf(us));
  for (const { atUs, fleets, ...action } of plan.timeline) {
    if (action.kind === 'note') continue;
    const names = [...new Set((fleets ?? [...plan.fleets.keys()]).map((place) => plan.fleets[place]?.name ?? ''))];
    const { kind, ...more } = action;
    const { forUs, ...what } = { forUs: undefined, ...more };
    const to = forUs === undefined ? {} : { to: timeOf(atUs + forUs) };
    yield { kind, fleets: names, from: timeOf(atUs), ...to, ...what };
  }
}

/** Marked events of one device that are not over yet. */
interface Open {
  device: string;
  value: number;
  fromUs: Micros;
  toUs: Micros;
  first: number;
  last: number;
  events: number;
}

function* fleetTruth({ plan, anchor, shard, until }: TruthQuestion, place: number): Generator<TruthLine | null> {
  const maker = new EventMaker(plan, place, anchor);
  const { context, profile, behavior } = maker;
  const { name, devices, slots, params } = plan.fleets[place] as FleetPlan;
  const marks = marksOf(shapeOf(maker.model, params));
  if (marks.length === 0 && behavior === null) return;
  const { values } = context;
  const tracks = marks.map((mark) => new Track(name, mark));
  const offline = new Track(name, { name: 'offline', index: -1, names: null, amount: true }, false);
  const incarnations = behavior?.churns ? new Int32Array(devices) : null;
  const deviceText = (): string => maker.ids.text(values[Value.device] as number);
  const end = Math.min(slots, until[place] ?? slots);

  let stretch = 0;
  for (let slot = 0; slot < end; slot++) {
    const seat = slot % devices;
    if (seat % shard.count !== shard.index) continue;
    const dueUs = profile.timeOf(slot);
    maker.load(slot, dueUs);
    const timeUs = values[Value.timeUs] as number;
    const at = { slot, seat, timeUs, device: deviceText };
    if (behavior !== null) {
      const incarnation = behavior.churns ? behavior.incarnationAt(seat, dueUs) : 0;
      if (incarnations !== null && incarnation !== incarnations[seat]) {
        incarnations[seat] = incarnation;
        for (const track of [...tracks, offline]) yield* track.close(seat);
        yield single('reload', name, at);
      }
      if (behavior.copiesOf(slot) > 1) yield single('duplicate', name, at);
      if (behavior.isMalformed(slot)) yield single('malformed', name, at);
      if (behavior.holds) yield* offline.take(behavior.releaseAt(seat, dueUs) > dueUs ? 1 : 0, at);
    }
    for (const track of tracks) yield* track.take(values[Value.readings + track.mark.index] as number, at);
    if (++stretch % TRUTH_STRETCH === 0) yield null;
  }
  for (const track of [...tracks, offline]) yield* track.closeAll();
}

/** One event, as far as a line tells of it. */
interface Moment {
  slot: number;
  seat: number;
  timeUs: Micros;
  device(): string;
}

function single(kind: string, fleet: string, { slot, timeUs, device }: Moment): TruthLine {
  const time = iso(timeUs);
  return { kind, fleet, device: device(), from: time, to: time, slots: [slot, slot], events: 1 };
}

/** Joins the marked events of each device. */
class Track {
  readonly mark: Mark;
  readonly #fleet: string;
  readonly #told: boolean;
  readonly #open = new Map<number, Open>();

  /** `told`: lines hold the value. */
  constructor(fleet: string, mark: Mark, told = mark.names !== null || mark.amount) {
    this.#fleet = fleet;
    this.mark = mark;
    this.#told = told;
  }

  /** Takes a value of a seat; where there is none, it is NaN. */
  *take(value: number, { slot, seat, timeUs, device }: Moment): Generator<TruthLine> {
    const open = this.#open.size === 0 ? undefined : this.#open.get(seat);
    const marked = value !== 0 && !Number.isNaN(value);
    if (open !== undefined) {
      if (marked && (this.mark.amount || value === open.value)) {
        if (value > open.value) open.value = value;
        open.toUs = timeUs;
        open.last = slot;
        open.events++;
        return;
      }
      yield* this.close(seat);
    }
    if (marked)
      this.#open.set(seat, {
        device: device(),
        value,
        fromUs: timeUs,
        toUs: timeUs,
        first: slot,
        last: slot,
        events: 1,
      });
  }

  *close(seat: number): Generator<TruthLine> {
    const open = this.#open.get(seat);
    if (open === undefined) return;
    this.#open.delete(seat);
    const { device, value, fromUs, toUs, first, last, events } = open;
    const { name, names } = this.mark;
    const told = this.#told ? { value: names?.[value] ?? value } : {};
    yield {
      kind: name,
      ...told,
      fleet: this.#fleet,
      device,
      from: iso(fromUs),
      to: iso(toUs),
      slots: [first, last],
      events,
    };
  }

  /** In the order of seats. */
  *closeAll(): Generator<TruthLine> {
    for (const seat of [...this.#open.keys()].sort((a, b) => a - b)) yield* this.close(seat);
  }
}

/** With microseconds where there are any. */
function iso(us: Micros): string {
  const text = new Date(Math.floor(us / 1000)).toISOString();
  const rest = us % 1000;
  return rest === 0 ? text : `${text.slice(0, -1)}${`${Math.floor(rest)}`.padStart(3, '0')}Z`;
}
