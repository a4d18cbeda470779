import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inScratch } from './in-scratch.ts';
import { iotload, summaryOf } from './iotload.ts';

const space = inScratch();

/** A target that takes every event and keeps how many, as its own users would write it. */
const target = `export const targets = [{
  name: 'hole', doc: 'Takes everything.',
  traits: () => ({ acknowledges: true, address: 'none', ordered: true, hosts: [], readable: false }),
  sink: async () => ({
    openSink: async (options, { clock, events }) => ({
      lanes: 1, laneOf: () => 0, room: new Int32Array([options.room]),
      send(batch, atUs) {
        this.room[0] += batch.count;
        events.settled(batch.fleet, batch.slots, new Float64Array(batch.count).fill(atUs), batch.count, 0, 'taken', clock.nowUs());
      },
      flush: async () => {}, close: async () => {}, publish: async () => {},
    }),
  }),
}];`;

describe('plugins', () => {
  it('the shipped example passes with two workers and the verifier, which makes its events again', async () => {
    const out = space.path('out');
    const { code, stdout } = await iotload(
      ['run', 'own-model', '--workers', '2', '--duration', '3s', '--rate', '2k/s', '--out', out],
      {},
      space.dir,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('PASS');
    const { delivery, events } = summaryOf(out);
    expect(events.acked).toBe(6_000);
    expect([delivery.verified, delivery.corrupt]).toEqual([6_000, 0]);
    const again = await iotload(['verify', out], {}, space.dir);
    expect(again.code).toBe(0);
  });

  it('a target of theirs takes what is sent', async () => {
    writeFileSync(space.path('hole.mjs'), target);
    writeFileSync(
      space.path('case.yaml'),
      `iotload: 1
plugins: [./hole.mjs]
run: { duration: 1s, drain: 5s }
fleets: { f: { model: phone-motion, devices: 10, rate: 500/s, payload: raw } }
target: { protocol: hole, room: 64 }
`,
    );
    const out = space.path('out');
    const { code } = await iotload(['run', space.path('case.yaml'), '--out', out, '--workers', '2']);
    expect(code).toBe(0);
    expect(summaryOf(out).events.acked).toBe(500);
  });

  it('one that throws in a worker only ends the run with its message', async () => {
    const text = readFileSync(new URL('../../scenarios/own-model.mjs', import.meta.url), 'utf8');
    const thrower = `import { isMainThread } from 'node:worker_threads';\nif (!isMainThread) throw new Error('only here');\n${text}`;
    writeFileSync(space.path('own-model.mjs'), thrower);
    const scenario = readFileSync(new URL('../../scenarios/own-model.yaml', import.meta.url), 'utf8');
    writeFileSync(space.path('case.yaml'), scenario);
    const { code, stderr } = await iotload(['run', space.path('case.yaml'), '--out', space.path('out')], {}, space.dir);
    expect(code).toBe(2);
    expect(stderr).toContain('the plugin cannot be loaded: only here');
    expect(stderr).not.toContain('the verifier died');
    expect(readdirSync(space.dir)).not.toContain('out');
  });
});
