import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readyPlan } from '../../src/events/ready-plan.ts';
import { loadPlan, type PlanRequest } from '../../src/plan/load-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planDigest } from '../../src/plan/plan-digest.ts';
import { renderDiagnostics } from '../../src/scenario/diagnostics.ts';
import { eventsOf } from '../events/plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'iotload-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rows = Array.from({ length: 50 }, (_, i) => `${i},${i / 4},${['red', 'green', 'blue'][i % 3]}`);
writeFileSync(join(folder, 'it.csv'), `n,x,colour\n${rows.join('\n')}\n`);

function scenario(params = 'file: it.csv', more = ''): string {
  return `iotload: 1
run: { duration: 100s }
fleets:
  f: { model: replay, params: { ${params} }, devices: 4, rate: 1/s, payload: { fields: { n: <n>, x: <x>, c: <colour>, s: <sequence> } }, ${more} }
target: { protocol: file }
`;
}

async function planned(text: string, more: Partial<PlanRequest> = {}): Promise<Plan> {
  const outcome = await loadPlan({ text, file: join(folder, 'it.yaml'), env: {}, set: [], allow: [], ...more });
  if (!outcome.ok) throw new Error(renderDiagnostics(outcome.diagnostics, text, 'it.yaml'));
  return outcome.plan;
}

function payloads(plan: Plan, slots: number): Record<string, unknown>[] {
  const events = eventsOf(
    plan,
    0,
    Array.from({ length: slots }, (_, slot) => slot),
  );
  return events.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
}

describe('replay', () => {
  it('plays row k as event k of the fleet, and from the beginning again', async () => {
    const plan = await planned(scenario());
    expect(plan.fleets[0]?.slots).toBe(100);
    payloads(plan, 100).forEach((payload, k) => {
      const row = k % 50;
      expect(payload).toMatchObject({ n: row, x: row / 4, c: ['red', 'green', 'blue'][row % 3], s: Math.floor(k / 4) });
    });
  });

  it('ends with the file where it is not looped', async () => {
    expect((await planned(scenario('file: it.csv, loop: false'))).fleets[0]?.slots).toBe(50);
    const long = 'file: it.csv, loop: false, per: device';
    expect((await planned(scenario(long), { duration: '1h' })).fleets[0]?.slots).toBe(200);
  });

  it('lets each device play the file from its own place', async () => {
    const all = payloads(await planned(scenario('file: it.csv, per: device')), 400);
    const first = all.slice(0, 4).map(({ n }) => n as number);
    expect(new Set(first).size).toBeGreaterThan(1);
    all.forEach(({ n }, k) => {
      expect(n).toBe(((first[k % 4] as number) + Math.floor(k / 4)) % 50);
    });
    const once = payloads(await planned(scenario('file: it.csv, per: device, loop: false')), 40);
    once.forEach(({ n }, k) => {
      expect(n).toBe(Math.floor(k / 4));
    });
  });

  it('offers its columns as payloads of their own', async () => {
    const text = scenario().replace(/payload: \{.*?\} \}/, 'payload: readings');
    const [event] = payloads(await planned(text), 1);
    expect(Object.keys(event ?? {})).toEqual(['device', 'time', 'n', 'x', 'colour', '_id']);
  });

  it('holds the digest of the file, which decides that of the plan, and the place does not', async () => {
    const digest = planDigest(await planned(scenario()));
    writeFileSync(join(folder, 'copy.csv'), `n,x,colour\n${rows.join('\n')}\n`);
    expect(planDigest(await planned(scenario('file: copy.csv')))).toBe(digest);
    writeFileSync(join(folder, 'copy.csv'), `n,x,colour\n${rows.join('\n')}\n51,1,red\n`);
    expect(planDigest(await planned(scenario('file: copy.csv')))).not.toBe(digest);
  });

  it('refuses a file that has changed or gone since the plan was made', async () => {
    const file = join(folder, 'changing.csv');
    writeFileSync(file, 'n,x,colour\n1,2,red\n');
    const plan = await planned(scenario('file: changing.csv'));
    await expect(readyPlan(plan)).resolves.toBeUndefined();
    writeFileSync(file, 'n,x,colour\n1,3,red\n');
    await expect(readyPlan(plan)).rejects.toMatchObject({
      code: 'bad-scenario',
      message: expect.stringContaining('it has changed'),
    });
    rmSync(file);
    await expect(readyPlan(plan)).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read (ENOENT)'),
    });
  });

  it('tells a mistake in the file at the parameter', async () => {
    writeFileSync(join(folder, 'bad.csv'), 'n,x,colour\n1,,red\n');
    await expect(planned(scenario('file: bad.csv'))).rejects.toThrow(
      'it.yaml:4:39: error: row 1, line 2: nothing stands under "x"',
    );
    await expect(planned(scenario('file: it.csv, columns: [n, color]'))).rejects.toThrow(
      'it.yaml:4:60: error: the file has no column "color", did you mean "colour"?',
    );
  });
});
