import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startKafkaBroker } from '../../src/brokers/kafka/embedded-kafka-broker.ts';
import { systemClock } from '../../src/core/clock.ts';
import { draw, streamRoot, unit } from '../../src/core/random.ts';
import { readSeen } from '../../src/wire/seen-file.ts';
import { readSent } from '../../src/wire/sent-file.ts';
import { findingsOf, iotload, scratch, start, summaryOf } from '../e2e/iotload.ts';
import { startAedes } from '../targets/mqtt/aedes-broker.ts';
import { verifierOf } from './processes.ts';

/*
 * SIGKILL at random instants, of the run and of its verifier; then the run goes on, and its verdict has to equal what the target really
 * holds. IOTLOAD_KILLS says how many of each kind there are (default 6; nightly 200).
 */

const KILLS = Number(process.env['IOTLOAD_KILLS'] ?? 6);
const SEED = Number(process.env['IOTLOAD_KILL_SEED'] ?? 1);
/** Kills in one run. */
const PER_RUN = 4;
const RATE = 500;
/** What a crash may leave unknown. */
const UNKNOWN_SECONDS = 3;
/** Runs that wait more than they work: two at a time. */
const pairs = Array.from({ length: Math.ceil(KILLS / PER_RUN / 2) }, (_, pair) => [[2 * pair, 2 * pair + 1]] as const);
const root = streamRoot(SEED, 'kills');
const clock = systemClock();

type Space = ReturnType<typeof scratch>;

/** Gives each of several runs at the same time a folder of its own. */
async function inFolders(numbers: readonly number[], use: (space: Space, run: number) => Promise<void>): Promise<void> {
  await Promise.all(
    numbers.map(async (run) => {
      const space = scratch();
      try {
        await use(space, run);
      } finally {
        space.remove();
      }
    }),
  );
}

/** An instant within `ms`, the `n`-th of a run. */
function instant(run: number, n: number, ms: number): number {
  return unit(draw(root.k0, root.k1, run, n)) * ms;
}

function scenario(space: Space, target: string, topic = ''): string {
  const file = space.path('case.yaml');
  writeFileSync(
    file,
    `iotload: 1
run: { duration: 12s, drain: 3s }
fleets: { phones: { model: phone-motion, devices: 40, rate: ${RATE}/s, payload: raw${topic} } }
target: ${target}
verify: { expect: at-least-once, grace: 2s }
`,
  );
  return file;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));

/** Starts the run and kills it at random, again and again, then lets it end. Returns its exit code. */
async function killedRun(file: string, out: string, run: number): Promise<number | null> {
  const args = ['run', file, '--out', out, '--resume', '--workers', '2', '--progress', 'none'];
  for (let n = 0; n < PER_RUN; n++) {
    const running = start(args);
    await pause(instant(run, n, 2_800));
    running.child.kill('SIGKILL');
    await running.finished;
  }
  const { code, stderr } = await iotload(args);
  // On a machine so slow that its time was over before the last kill, there is nothing left to go on with.
  if (stderr.includes('--resume: the run there is complete')) return (await iotload(['verify', out])).code;
  expect(stderr).not.toMatch(/error:/);
  return code;
}

/** Starts the run and kills its verifier at random, again and again. Returns its exit code. */
async function killedVerifier(file: string, out: string, run: number): Promise<number | null> {
  const running = start(['run', file, '--out', out, '--workers', '2', '--progress', 'plain']);
  let over = false;
  void running.finished.then(() => {
    over = true;
  });
  await running.said(/measuring/);
  // Three are replaced; a fourth would end the proof.
  for (let n = 0; n < Math.min(3, PER_RUN) && !over; n++) {
    await pause(instant(run, 100 + n, 2_500));
    const verifier = verifierOf(running.child.pid as number);
    if (verifier !== null) process.kill(verifier, 'SIGKILL');
  }
  return (await running.finished).code;
}

/** Slots in the files of a run, one entry for each copy. */
function storedSlots(space: Space): number[] {
  return readdirSync(space.dir)
    .filter((name) => name.startsWith('events'))
    .flatMap((name) => readFileSync(space.path(name), 'utf8').split('\n').slice(0, -1))
    .map(slotOf);
}

function slotOf(payload: string): number {
  const { _id } = JSON.parse(payload) as { _id: string };
  return Number.parseInt(_id.split('-')[2] as string, 16);
}

/** Every way in which the verdict of a run could differ from what the target took in. */
async function compare(out: string, stored: readonly number[]): Promise<void> {
  const { events, delivery } = summaryOf(out);
  const distinct = new Set(stored);
  const [fleet] = (await readSent(`${out}/sent`)).fleets;
  expect(delivery).toMatchObject({
    verified: distinct.size,
    duplicates: stored.length - distinct.size,
    lost: 0,
    missing: 0,
    corrupt: 0,
    phantom: 0,
  });
  expect(delivery.recovered).toBe([...distinct].filter((slot) => fleet?.unknown.has(slot)).length);
  for (const slot of fleet?.acked.first(Number.POSITIVE_INFINITY) ?? []) expect(distinct.has(slot)).toBe(true);
  expect(events.sent + events.notSent).toBe(events.intended);
  expect(findingsOf(out)).toEqual([]);
}

const intoFiles = (space: Space): string => scenario(space, `{ protocol: file, path: ${space.path('events.jsonl')} }`);
const landing = (space: Space): string =>
  scenario(space, `{ protocol: file, path: ${space.path('events.jsonl')}, roll: { every: 200ms } }`);
const ways = [
  ['files', intoFiles],
  ['files that land', landing],
] as const;

describe.each(ways)('a run into %s that is killed at any instant', (_, intoFiles) => {
  it.each(pairs)('runs %j: goes on to a verdict that equals the truth', async (pair) => {
    await inFolders(pair, async (space, run) => {
      const out = space.path('out');
      const code = await killedRun(intoFiles(space), out, run);
      await compare(out, storedSlots(space));
      const { events, verdict } = summaryOf(out);
      expect(events.unknown).toBeLessThanOrEqual(PER_RUN * UNKNOWN_SECONDS * RATE);
      expect(['pass', 'inconclusive']).toContain(verdict);
      expect(code).toBe(verdict === 'pass' ? 0 : 3);
    });
  });
});

describe.each(ways)('a run into %s whose verifier is killed at any instant', (_, intoFiles) => {
  it.each(pairs)('runs %j: another one goes on, and every event is verified once', async (pair) => {
    await inFolders(pair, async (space, run) => {
      const out = space.path('out');
      const code = await killedVerifier(intoFiles(space), out, run);
      await compare(out, storedSlots(space));
      expect(summaryOf(out)).toMatchObject({ verdict: 'pass', events: { unknown: 0, notSent: 0 } });
      expect(code).toBe(0);
    });
  });
});

describe('with a broker that keeps no positions', () => {
  it('accuses nobody of what a reader missed that was killed, with its run or alone', async () => {
    await inFolders([900, 901], async (space, run) => {
      const payloads: string[] = [];
      const broker = await startAedes(0, (payload) => payloads.push(payload));
      const out = space.path('out');
      const target = `{ protocol: mqtt, endpoint: "${broker.endpoint}", qos: 1, connections: 4 }`;
      const file = scenario(space, target, ', topic: "t/<device>"');
      await (run === 900 ? killedRun(file, out, run) : killedVerifier(file, out, run));
      await broker.stop();
      await agree(out, payloads);
      if (run === 901) expect(summaryOf(out).events).toMatchObject({ unknown: 0, notSent: 0 });
    });
  });
});

/** Kills of one run, of itself and of its verifier. */
const TEN = 10;
/** How long it sends; a machine on which a process takes seconds to start gets through ten only in a longer one. */
const TEN_SECONDS = Number(process.env['IOTLOAD_KILL_SECONDS'] ?? 22);
/** Longest time between two kills, the time left out in which a run gets going. */
const GAP_MS = 700;

/**
 * Most of its events are over before the first kill: so few are unknown that the proof stands, however many of the others a kill leaves open.
 */
function mostlyEarly(endpoint: string, topic: string): string {
  return `iotload: 1
run: { duration: ${TEN_SECONDS}s, drain: 3s }
fleets:
  phones:
    model: phone-motion
    devices: 40
    rate: 10/s
    profile: [ { hold: 150000%, for: 2s }, { hold: 100%, for: ${TEN_SECONDS - 2}s } ]
    payload: seismograph-traced
  boards:
    model: sensor-board
    devices: 3
    rate: 2/s
    payload: { codec: json, fields: { id: <device>, ts: <time.ms>, temp: <temperature> }, identity: headers }
    topic: ${topic}-boards
target: { protocol: kafka, endpoint: "${endpoint}", topic: ${topic}, create: { partitions: 2 } }
verify: { expect: exactly-once, order: per_device, grace: 3s }
thresholds: [ missing == 0, duplicates == 0, corrupt == 0, unknown <= 1% ]
`;
}

/** The monotonic clock counts from another zero, as after a reboot. */
function reboot(out: string): void {
  const path = `${out}/plan.json`;
  const document = JSON.parse(readFileSync(path, 'utf8'));
  document.anchor.startMonoUs += 86_400e6;
  writeFileSync(path, JSON.stringify(document));
}

/** Kills a run or its verifier at random instants, ten times; in the middle the machine is started anew. Tells what was killed when. */
async function killedTenTimes(file: string, out: string): Promise<string[]> {
  const args = ['run', file, '--out', out, '--resume', '--workers', '2', '--progress', 'plain'];
  const killed: string[] = [];
  const began = clock.nowUs();
  let running = start(args);
  // Two seconds after the many, their outcomes are on the disk.
  await running.said(/acked 30,(0[3-9]|[1-9])/);
  for (let n = 0; n < TEN; n++) {
    // Two of three find it at work, the third wherever it is.
    if (n % 3 > 0) await Promise.race([running.said(/measuring/).catch(() => {}), running.finished]);
    await pause(instant(500, n, GAP_MS));
    if (running.child.exitCode !== null) break;
    const verifier = verifierOf(running.child.pid as number);
    // A run whose verifier dies before it is ready has not begun, and says so.
    const ready = /measuring|verifying/.test(running.stderr());
    const whom = verifier !== null && ready && instant(501, n, 2) < 1 ? 'verifier' : 'run';
    killed.push(`${whom} after ${Math.round((clock.nowUs() - began) / 1000)} ms`);
    if (whom === 'verifier') process.kill(verifier as number, 'SIGKILL');
    else {
      running.child.kill('SIGKILL');
      await running.finished;
      if (n >= TEN / 2 && !killed.includes('reboot')) {
        reboot(out);
        killed.push('reboot');
      }
      running = start(args);
    }
  }
  const { stderr } = await running.finished;
  expect(stderr).not.toMatch(/error:/);
  return killed;
}

describe('a run that is killed ten times, and its machine started anew', () => {
  it('comes to the verdict of one that is not', async () => {
    const broker = await startKafkaBroker();
    await inFolders([0], async (space) => {
      const [killedOut, wholeOut] = [space.path('killed'), space.path('whole')];
      const [one, other] = ['one', 'other'].map((topic) => {
        writeFileSync(space.path(`${topic}.yaml`), mostlyEarly(broker.endpoint, topic));
        return space.path(`${topic}.yaml`);
      });
      const whole = iotload(['run', other as string, '--out', wholeOut]);
      const kills = await killedTenTimes(one as string, killedOut);
      await whole;
      process.stderr.write(`seed ${SEED}: ${kills.join(', ')}\n`);
      const [killed, uninterrupted] = [summaryOf(killedOut), summaryOf(wholeOut)];
      const verdictOf = ({ verdict, checks }: typeof killed) => [verdict, checks.map((c) => [c.expression, c.status])];
      expect(verdictOf(killed)).toEqual(verdictOf(uninterrupted));
      expect(killed.verdict).toBe('pass');
      expect(killed.delivery).toMatchObject({ lost: 0, missing: 0, duplicates: 0, phantom: 0, reordered: 0 });
      const { resumptions } = await readSent(`${killedOut}/sent`);
      expect(resumptions).toBeGreaterThanOrEqual(2);
      expect(kills.length).toBeGreaterThan(TEN / 3);
    });
    await broker.stop();
  });
});

/** What was verified was published, what was acknowledged too, and what the reader missed is in doubt. */
async function agree(out: string, payloads: readonly string[]): Promise<void> {
  const { delivery, verdict, verifier } = summaryOf(out);
  const published = new Set(payloads.filter((text) => text.includes('_id')).map(slotOf));
  const [fleet] = (await readSent(`${out}/sent`)).fleets;
  for (const slot of fleet?.acked.first(Number.POSITIVE_INFINITY) ?? []) expect(published.has(slot)).toBe(true);
  expect(delivery.verified).toBeGreaterThan(0);
  expect(delivery.verified).toBeLessThanOrEqual(published.size);
  expect(delivery).toMatchObject({ lost: 0, phantom: 0, corrupt: 0 });
  const { resumptions } = await readSeen(`${out}/seen`);
  expect(verifier.signals.some((signal) => signal.startsWith('the reader lost its session'))).toBe(resumptions > 0);
  const proved = delivery.missing === 0 && delivery.coverage !== null && delivery.coverage >= 0.99;
  expect(verdict).toBe(proved ? 'pass' : 'inconclusive');
}
