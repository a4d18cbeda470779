import { pathToFileURL } from 'node:url';
import { clearBatch, createEventBatch } from '../src/core/event-batch.ts';
import { seatStream, streamRoot } from '../src/core/random.ts';
import { createFleetEvents } from '../src/events/fleet-events.ts';
import { createIdentified, Status } from '../src/events/identified.ts';
import { createIdentifier } from '../src/events/identifier.ts';
import { phoneMotion } from '../src/models/phone-motion.ts';
import { activityNames } from '../src/models/physics/activity.ts';
import { profileFields } from '../src/plan/fleet-payload.ts';
import type { FleetPlan, Plan } from '../src/plan/plan.ts';

/*
 * Question: what does it cost to make an event, against the way everybody makes one?
 *
 * Ours: schedule, model, JSON, identity with checksum and topic, as the engine calls them, into batches.
 * Rival: the same model and schedule, an object, `JSON.stringify`, `Buffer.from`; a table of device ids, an identity without a checksum.
 * Both alternate in this process, so that both meet the same machine.
 */

const EVENTS = 400_000;
const ROUNDS = 5;
const DEVICES = 10_000;
const anchor = { runId: 'bench', startWallUs: 1_772_366_400_000_000, startMonoUs: 0 };

/** CPU seconds, user and system, per million events: the median of the rounds. */
export interface GenerateResult {
  ours: number;
  rival: number;
  /** ours ÷ rival. */
  ratio: number;
  bytesPerEvent: number;
  rivalBytesPerEvent: number;
  /** Finding the slot of a payload by the identity in its fields. */
  identify: number;
  /** Making the event of a payload again and comparing. */
  regenerate: number;
}

function phonesPlan(): Plan {
  const fields = profileFields(phoneMotion.payloads['raw']?.fields ?? {});
  const fleet: FleetPlan = {
    name: 'phones',
    model: 'phone-motion',
    params: Object.fromEntries(Object.entries(phoneMotion.params).map(([name, spec]) => [name, spec.default])),
    devices: DEVICES,
    id: 'client-<hex:12>',
    schedule: { rate: { events: 50_000, perUs: 1_000_000 }, segments: [] },
    slots: 1e9,
    payload: { codec: 'json', profile: 'raw', fields, identity: 'fields' },
    address: 'phones/<device>/motion',
    target: 0,
  };
  return {
    plan: 1,
    name: 'bench',
    description: '',
    seed: 1,
    clock: { startUs: null, speed: { numerator: 1, denominator: 1 } },
    run: { warmUpUs: 0, durationUs: 0, drainUs: 0 },
    fleets: [fleet],
    targets: [],
    verify: null,
    thresholds: [],
    timeline: [],
    outputs: { dir: '', labels: {} },
    limits: { memoryBytes: null },
  };
}

/** Runs `work` and returns its CPU seconds per million events. */
function cost(work: (firstSlot: number, events: number) => void, firstSlot: number, events: number): number {
  const before = process.cpuUsage();
  work(firstSlot, events);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / events;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}

export function run(): GenerateResult {
  const plan = phonesPlan();
  const fleet = plan.fleets[0] as FleetPlan;
  const events = createFleetEvents(plan, 0, anchor);
  const batch = createEventBatch(256, 256 * 1024);
  let bytes = 0;

  const ours = (firstSlot: number, count: number): void => {
    for (let slot = firstSlot; slot < firstSlot + count; slot++) {
      const dueUs = events.profile.timeOf(slot);
      if (!events.append(slot, dueUs, batch)) {
        bytes += batch.end;
        clearBatch(batch, 0);
        events.append(slot, dueUs, batch);
      }
    }
  };

  const device = phoneMotion.create(fleet.params, []);
  const root = streamRoot(plan.seed, fleet.name, 'model', fleet.model);
  const key = { seat: 0, k0: 0, k1: 0 };
  const values = new Float64Array(16);
  const ids = Array.from({ length: DEVICES }, (_, seat) => events.deviceId(seat));
  const rounded = (i: number, scale: number): number => Math.round((values[i] as number) * scale) / scale;
  const rivalPayload = (slot: number): Buffer => {
    const n = Math.floor(slot / DEVICES);
    const seat = slot % DEVICES;
    key.seat = seat;
    seatStream(root, seat, key);
    const dueUs = events.profile.timeOf(slot);
    const timeUs = device.sampledAt(key, n, anchor.startWallUs + dueUs);
    device.sample(key, n, timeUs, values, 0);
    const event = {
      device: ids[seat],
      time: new Date(timeUs / 1000).toISOString(),
      sequence: n,
      x: rounded(1, 1000),
      y: rounded(2, 1000),
      z: rounded(3, 1000),
      magnitude: rounded(0, 100),
      activity: activityNames[values[4] as 0 | 1 | 2],
      _id: `bench-run-phones-${slot}-${anchor.startWallUs + dueUs}`,
    };
    return Buffer.from(JSON.stringify(event));
  };
  let rivalBytes = 0;
  const rival = (firstSlot: number, count: number): void => {
    for (let slot = firstSlot; slot < firstSlot + count; slot++) {
      const topic = Buffer.from(`phones/${ids[slot % DEVICES]}/motion`);
      rivalBytes += topic.length + rivalPayload(slot).length;
    }
  };

  check(events, rivalPayload);
  ours(0, EVENTS);
  rival(0, EVENTS);
  const figures: { ours: number[]; rival: number[] } = { ours: [], rival: [] };
  bytes = 0;
  rivalBytes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    figures.ours.push(cost(ours, round * EVENTS, EVENTS));
    figures.rival.push(cost(rival, round * EVENTS, EVENTS));
  }
  const oursMedian = median(figures.ours);
  const rivalMedian = median(figures.rival);
  return {
    ours: oursMedian,
    rival: rivalMedian,
    ratio: oursMedian / rivalMedian,
    bytesPerEvent: bytes / (ROUNDS * EVENTS),
    rivalBytesPerEvent: rivalBytes / (ROUNDS * EVENTS),
    ...reading(plan),
  };
}

/** Both sides must say the same. */
function check(events: ReturnType<typeof createFleetEvents>, rivalPayload: (slot: number) => Buffer): void {
  const batch = createEventBatch(1, events.maxEventBytes);
  for (let slot = 0; slot < 2_000_000; slot += 997) {
    clearBatch(batch, 0);
    events.append(slot, events.profile.timeOf(slot), batch);
    const { _id: _, ...mine } = JSON.parse(
      Buffer.from(batch.bytes.subarray(batch.payloads[0], batch.ends[0])).toString(),
    );
    const { _id: __, ...theirs } = JSON.parse(rivalPayload(slot).toString());
    for (const name of ['x', 'y', 'z', 'magnitude']) {
      // A half is rounded away from zero by one side and upwards by the other.
      if (Math.abs(mine[name] - theirs[name]) > 0.0101) throw new Error(`slot ${slot}: ${name} differs`);
      delete mine[name];
      delete theirs[name];
    }
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) throw new Error(`slot ${slot} differs`);
  }
}

function reading(plan: Plan): { identify: number; regenerate: number } {
  const events = createFleetEvents(plan, 0, anchor);
  const identifier = createIdentifier(plan, anchor);
  const into = createIdentified();
  const batch = createEventBatch(1000, 512 * 1024);
  for (let slot = 0; slot < 1000; slot++) events.append(slot * 31, events.profile.timeOf(slot * 31), batch);
  const overBatch = (work: (i: number) => boolean) => (_: number, count: number) => {
    for (let i = 0; i < count; i++) if (!work(i % 1000)) throw new Error('an event was not recognised');
  };
  const identify = overBatch(
    (i) => identifier.identify(batch.bytes, batch.payloads[i] as number, batch.ends[i] as number, into) === Status.own,
  );
  const regenerate = overBatch((i) =>
    events.matches(batch.slots[i] as number, batch.bytes, batch.payloads[i] as number, batch.ends[i] as number),
  );
  const figures = { identify: [] as number[], regenerate: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    figures.identify.push(cost(identify, 0, EVENTS));
    figures.regenerate.push(cost(regenerate, 0, EVENTS));
  }
  return { identify: median(figures.identify), regenerate: median(figures.regenerate) };
}

/** Prints the result; returns false where the requirement is missed. */
export function print(result: GenerateResult): boolean {
  const seconds = (value: number): string => `${value.toFixed(3)} CPU s/M`;
  const length = (value: number): string => `${value.toFixed(0)} bytes`;
  console.log('generate: phone-motion, payload raw as JSON, with topic');
  console.log(`  iotload           ${seconds(result.ours)}, ${length(result.bytesPerEvent)}`);
  console.log(`  JSON.stringify    ${seconds(result.rival)}, ${length(result.rivalBytesPerEvent)}`);
  console.log(`  ratio             ${result.ratio.toFixed(3)} (required: at most 0.25)`);
  console.log(`  identify          ${seconds(result.identify)}`);
  console.log(`  make again        ${seconds(result.regenerate)}`);
  return result.ratio <= 0.25;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!print(run())) process.exitCode = 1;
}
