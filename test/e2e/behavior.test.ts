import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultyBroker } from './faulty-broker.ts';
import { inScratch } from './in-scratch.ts';
import { answer, findingsOf, iotload, summaryOf } from './iotload.ts';

const everything =
  'behavior: { churn: 30%/s, offline: { share: 10%, for: 500ms }, clock_skew: 2s, duplicates: 3%, malformed: 3% }';

const runThrough = faultyBroker();

const space = inScratch();

/** Two fleets with everything on, 600 events a second, found by their id and by device and time. */
function scenario(target: string): string {
  const file = space.path('case.yaml');
  const fleet = (payload: string, id: string): string =>
    `{ model: phone-motion, devices: 50, rate: 300/s, payload: ${payload}, id: "${id}", ${everything} }`;
  writeFileSync(
    file,
    `iotload: 1
seed: 3
clock: { start: 2026-01-01T00:00:00Z }
run: { duration: 3s, drain: 10s }
fleets:
  phones: ${fleet('raw', 'phone-<index:04>')}
  pages: ${fleet('seismograph', 'client-<hex:12>')}
target: ${target}
verify: { expect: exactly-once }
`,
  );
  return file;
}

function linesIn(dir: string): string[] {
  return readdirSync(dir)
    .flatMap((name) => readFileSync(`${dir}/${name}`, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .sort();
}

/** What the sample says of every event of the scenario. */
async function truth(file: string): Promise<{ copies: number; malformed: boolean; incarnation: number }[]> {
  const { stdout } = await answer(['sample', file, '--labels', '--count', '1800', '--run-id', 'same']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.split('\t')[0] as string));
}

describe('fleets that reload, go offline, are wrong about the time, repeat and damage events', () => {
  it('arrive exactly once over MQTT, with what is by design permitted and verified', async () => {
    const file = scenario('{ protocol: mqtt, endpoint: embedded, connections: per_device }');
    const out = space.path('out');
    const { code, stdout, stderr } = await iotload(['run', file, '--out', out, '--workers', '2', '--run-id', 'same']);
    expect(code, stdout + stderr).toBe(0);
    const { events, delivery } = summaryOf(out);
    const facts = await truth(file);
    const doubled = facts.filter(({ copies }) => copies === 2).length;
    expect(facts.length).toBe(1800);
    expect(doubled).toBeGreaterThan(20);
    expect(facts.filter(({ malformed }) => malformed).length).toBeGreaterThan(20);
    expect(facts.filter(({ incarnation }) => incarnation > 0).length).toBeGreaterThan(200);
    expect(events).toMatchObject({ intended: 1800, acked: 1800, notSent: 0, attempts: 1800 + doubled });
    expect(delivery).toMatchObject({
      received: 1800 + doubled,
      verified: 1800,
      permittedDuplicates: doubled,
      duplicates: 0,
      reordered: 0,
      corrupt: 0,
      foreign: 0,
      phantom: 0,
    });
    expect(findingsOf(out)).toEqual([]);
  });

  it('write the same lines with 1 and 3 workers, the damaged and doubled ones with them', async () => {
    const streams: string[][] = [];
    for (const workers of [1, 3]) {
      const file = scenario(`{ protocol: file, path: ${space.path(`w${workers}`)}/events.jsonl }`);
      const out = space.path(`out${workers}`);
      const { code, stdout, stderr } = await iotload([
        ...['run', file, '--workers', `${workers}`, '--out', out, '--run-id', 'same', '--progress', 'none'],
      ]);
      expect(code, stdout + stderr).toBe(0);
      const { delivery } = summaryOf(out);
      expect(delivery).toMatchObject({ verified: 1800, duplicates: 0, reordered: 0, corrupt: 0 });
      streams.push(linesIn(space.path(`w${workers}`)));
    }
    const facts = await truth(space.path('case.yaml'));
    const [one, ...others] = streams;
    expect(one?.length).toBe(1800 + facts.filter(({ copies }) => copies === 2).length);
    expect(one?.filter((line) => line.startsWith('}')).length).toBeGreaterThan(20);
    for (const other of others) expect(other.map(withoutIntended)).toEqual(one?.map(withoutIntended));
  });

  it('hide no fault: what is doubled on the way is found among what is doubled by design', async () => {
    const load = { fleet: 'behavior: { duplicates: 10% }', more: 'verify: { expect: exactly-once }' };
    const { code, result, found } = await runThrough({ double: { share: 0.03 } }, load);
    expect(found('duplicate').length).toBeGreaterThan(5);
    expect(result.delivery.permittedDuplicates).toBeGreaterThan(40);
    expect(result.delivery.duplicates).toBe(
      result.delivery.received - result.delivery.verified - (result.delivery.permittedDuplicates ?? 0),
    );
    expect(code).toBe(1);
  });
});

/** The id's intended time and checksum depend on when the run began. */
function withoutIntended(line: string): string {
  return line.replace(/-[0-9a-f]{14}-[0-9a-f]{8}"\}$/, '');
}
