import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadPlan } from '../../src/plan/load-plan.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { fixture, mistakes, planned, scenario } from './request.ts';

// A shipped scenario brings a plugin, which goes with the modules: other files get the registries anew.
afterAll(() => vi.resetModules());

describe('loadPlan', () => {
  const good = fileURLToPath(new URL('../fixtures/scenarios/good/', import.meta.url));
  it.each(readdirSync(good))('%s is right', async (name) => {
    expect(await mistakes({ ...fixture(name), folder: good, env: { PASSWORD: 'hunter2' } })).toEqual([]);
  });

  const shipped = new URL('../../scenarios/', import.meta.url);
  it.each(readdirSync(shipped).filter((name) => name.endsWith('.yaml')))(
    'shipped %s is right and runs without leave',
    async (name) => {
      const text = readFileSync(new URL(name, shipped), 'utf8');
      expect(text).toMatch(/^# Question: .*\?/);
      expect((await planned({ text, file: name, folder: fileURLToPath(shipped) })).refusal).toBeNull();
    },
  );

  it('seismograph-mqtt takes the flags that its comment names', async () => {
    const text = readFileSync(new URL('seismograph-mqtt.yaml', shipped), 'utf8');
    expect((await planned({ text, set: ['target.endpoint=mqtt://127.0.0.1:1883'] })).refusal).toBeNull();
    const set = ['fleets.audience.devices=12800', 'target.connections=8'];
    const { plan } = await planned({ text, rate: '50k/s', set });
    expect(plan.fleets[0]).toMatchObject({ devices: 12_800, slots: 1_750_000, payload: { identity: 'derived' } });
    expect(await mistakes({ text, rate: '50k/s' })).toEqual([expect.stringContaining('cannot be told apart')]);
  });

  it('fills in every default', async () => {
    const { plan } = await planned(fixture('minimal.yaml'));
    expect(plan).toEqual({
      plan: 1,
      name: 'minimal',
      description: '',
      seed: 1,
      clock: { startUs: null, speed: { numerator: 1, denominator: 1 } },
      run: { warmUpUs: 0, durationUs: 60_000_000, drainUs: 30_000_000 },
      fleets: [
        {
          name: 'phones',
          model: 'phone-motion',
          params: expect.objectContaining({ range: '16g' }),
          devices: 100,
          id: 'phones-<index>',
          schedule: { rate: { events: 100, perUs: 1_000_000 }, segments: [] },
          slots: 6_000,
          payload: { codec: 'json', profile: 'raw', fields: expect.any(Array), identity: 'fields' },
          address: 'iotload/<run>/<device>',
          target: 0,
        },
      ],
      targets: [
        {
          name: 'target',
          protocol: 'mqtt',
          options: {
            endpoint: 'embedded',
            topic: 'iotload/<run>/<device>',
            version: 4,
            qos: 1,
            retain: false,
            cleanStart: true,
            sessionExpiryS: null,
            will: null,
            connections: 8,
            username: null,
            password: null,
            devicesFile: null,
            reader: null,
            tls: null,
            alpn: [],
            connectPerSecond: 200,
            connectTimeoutUs: 10_000_000,
            leastUp: null,
            share: null,
            sourceAddresses: [],
            keepAliveUs: 60_000_000,
            maxInFlight: 100,
            timeoutUs: 30_000_000,
            backlog: JSON.parse('{"maxBytes":67108864,"then":"shed"}'),
          },
        },
      ],
      verify: { read: 0, expect: 'at-least-once', order: true, graceUs: 30_000_000 },
      thresholds: [],
      timeline: [],
      outputs: { dir: 'results/minimal-<utc>', labels: {}, formats: ['csv', 'hgrm', 'hlog', 'html', 'junit'] },
      limits: { memoryBytes: null },
    });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('takes every key', async () => {
    const { plan, warnings } = await planned({
      ...fixture('full.yaml'),
      file: 'lab/full.yaml',
      env: { PASSWORD: 'hunter2' },
    });
    const [phones, boards] = plan.fleets;
    expect(plan).toMatchObject({
      name: 'Meters / to the lake',
      seed: 42,
      clock: {
        startUs: Date.UTC(2023, 4, 24, 16, 56, 56, 800) * 1000,
        speed: { numerator: 1, denominator: 1 },
      },
      run: { warmUpUs: 30_000_000, durationUs: 5_400_000_000, drainUs: 5_000_000 },
      verify: { expect: 'exactly-once', order: false, graceUs: 60_000_000 },
      outputs: { dir: 'out/Meters-to-the-lake/<utc>', labels: {}, formats: ['csv', 'hgrm', 'hlog', 'html', 'junit'] },
      limits: { memoryBytes: null },
    });
    expect(phones).toMatchObject({
      params: { shaken_share: 0.5, walking_share: 0.08, range: '4g' },
      devices: 20_000,
      id: 'client-<hex:12>',
      address: 'meters/<device>/reading',
      schedule: {
        rate: { events: 51_000_000, perUs: 86_400_000_000 },
        segments: [
          { durationUs: 30_000_000, from: { numerator: 1, denominator: 10 }, to: { numerator: 1, denominator: 10 } },
          { durationUs: 540_000_000, from: { numerator: 1, denominator: 10 }, to: { numerator: 1, denominator: 1 } },
          { durationUs: 30_000_000, from: { numerator: 3, denominator: 1 }, to: { numerator: 3, denominator: 1 } },
        ],
      },
    });
    expect(phones?.payload).toEqual({
      codec: 'json',
      profile: null,
      fields: [
        { name: '2', value: '<device>' },
        { name: '1', value: '<time.ms>' },
        { name: 'site', value: 'lisbon' },
        { name: 'on', value: true },
        { name: 'none', value: null },
        { name: 'n', value: 1.5 },
        { name: 'text', value: 'a <<b> <magnitude:3>' },
      ],
      identity: 'derived',
    });
    expect(boards).toMatchObject({
      schedule: { rate: { events: 1, perUs: 216_000 } },
      address: 'boards/<fleet>/<index:06>',
      payload: { identity: 'fields' },
    });
    expect(plan.targets[0]?.options).toMatchObject({
      endpoint: 'mqtts://broker.staging.example.com',
      connections: 16,
      connectPerSecond: 2_000,
      connectTimeoutUs: 20_000_000,
      keepAliveUs: 300_000_000,
      username: 'me',
      password: '${PASSWORD:?export it first}',
      tls: { ca: 'lab/certs/ca.pem' },
      maxInFlight: 1_000,
      timeoutUs: 45_000_000,
      backlog: JSON.parse('{"maxBytes":1048576,"then":"abort"}'),
    });
    expect(warnings).toEqual([]);
    expect(JSON.stringify(plan)).not.toContain('hunter2');
  });

  it('counts the slots of the whole run, warm-up included', async () => {
    const day = scenario().replace('10s', '1d').replace('1k/s', '51M/day');
    expect((await planned({ text: day })).plan.fleets[0]?.slots).toBe(51_000_000);
    const warm = scenario().replace('{ duration', '{ warm_up: 2s, duration');
    expect((await planned({ text: warm })).plan.fleets[0]?.slots).toBe(12_000);
  });

  it('does not verify what acknowledges nothing as if it did, nor what cannot be read', async () => {
    const qos0 = scenario({ target: 'endpoint: embedded, qos: 0' });
    expect((await planned({ text: qos0 })).plan.verify?.expect).toBe('at-most-once');
    expect((await planned(fixture('discard.yaml'))).plan.verify).toBeNull();
    expect((await planned(fixture('qos-0.yaml'))).plan.verify).toBeNull();
    expect((await planned({ ...fixture('minimal.yaml'), noVerify: true })).plan.verify).toBeNull();
  });

  it('warns of a password that stands in the file', async () => {
    const text = scenario({ target: 'endpoint: embedded, auth: { username: me, password: hunter2 }' });
    const { warnings } = await planned({ text });
    expect(warnings).toMatchObject([{ severity: 'warning', path: ['target', 'auth', 'password'] }]);
    expect(JSON.stringify(warnings)).not.toContain('hunter2');
  });
});

describe('flags', () => {
  it('--set behaves like the file', async () => {
    const inFile = await planned({ text: scenario({ target: 'endpoint: embedded, qos: 0, connections: per_device' }) });
    const bySet = await planned({ text: scenario(), set: ['target.qos=0', 'target.connections=per_device'] });
    expect(bySet.plan).toEqual(inFile.plan);
    const removed = await planned({
      text: scenario({ more: 'verify: { expect: exactly-once }' }),
      set: ['verify.expect=null'],
    });
    expect(removed.plan.verify?.expect).toBe('at-least-once');
    const inList = await planned({
      text: scenario({ more: 'thresholds: [lost == 0, missing == 0]' }),
      set: ['thresholds.1=corrupt == 0'],
    });
    expect(inList.plan.thresholds).toEqual([{ expression: 'lost == 0' }, { expression: 'corrupt == 0' }]);
  });

  it.each([
    [{ set: ['target.qos=3'] }, '--set target.qos: expected 0, 1 or 2'],
    [{ set: ['target.qso=1'] }, '--set target.qso: unknown key "qso"'],
    [{ set: ['fleets.phones.behavior={ churn: 2% }'] }, '--set fleets.phones.behavior: "2%" is no share per time'],
    [{ set: ['seed=[1'] }, expect.stringMatching(/^--set seed: YAML: /)],
    [{ set: ['run.duration.x=1'] }, '--set run.duration.x: the scenario has no run.duration that could hold this'],
    [{ set: ['thresholds.7=lost == 0'] }, expect.stringMatching(/^--set thresholds.7: /)],
    [{ set: ['seed'] }, '--set seed: it has the form path=value'],
    [{ set: ['name=${NOT_THERE}'] }, '--set name: the environment variable NOT_THERE is not set'],
    [{ duration: '10' }, '--duration: "10" lacks its unit: expected a time such as 10s, 216ms or 1h30m'],
    [{ duration: '10x' }, '--duration: "10x" is not a time'],
    [{ seed: 'x' }, '--seed: expected a whole number from 0'],
    [{ rate: '5k' }, '--rate: "5k" is not a rate'],
    [{ count: 'all' }, '--count: "all" is not a count'],
    [{ count: '0' }, '--count: "0" would send nothing'],
    [{ allow: ['http://x'] }, '--allow: "http://x" is neither host nor host:port'],
  ])('%j is a mistake that names the flag', async (flags, message) => {
    expect(await mistakes({ text: scenario({ more: 'thresholds: [lost == 0]' }), ...flags })).toEqual([message]);
  });

  it('--rate scales all fleets to that sum, exactly', async () => {
    const text = scenario({ more: '' }).replace(
      'target:',
      '  boards: { model: phone-motion, devices: 7, every: 7s, payload: raw }\ntarget:',
    );
    const { plan } = await planned({ text, rate: '51M/day' });
    const [phones, boards] = plan.fleets.map(({ schedule: { rate } }) => rate);
    // 1000/1001 and 1/1001 of 51e6/86400e6 per µs, in lowest terms.
    expect(phones).toEqual({ events: 85, perUs: 144_144 });
    expect(boards).toEqual({ events: 17, perUs: 28_828_800 });
  });

  it('--count cuts the run by intended time, to exactly that many', async () => {
    const text = scenario().replace(
      'target:',
      '  boards: { model: phone-motion, devices: 7, every: 70ms, payload: raw }\ntarget:',
    );
    for (const count of ['1', '2', '3', '1234', '10999', '11k', '12k']) {
      const { plan } = await planned({ text, count });
      const slots = plan.fleets.map((fleet) => fleet.slots);
      expect((slots[0] ?? 0) + (slots[1] ?? 0)).toBe(Math.min(Number(count.replace('k', '000')), 11_000));
      const last = plan.fleets.map(({ schedule, slots }) =>
        slots === 0 ? -1 : createSchedule(schedule).timeOf(slots - 1),
      );
      const next = plan.fleets.map(({ schedule, slots }) => createSchedule(schedule).timeOf(slots));
      expect(Math.max(...last)).toBeLessThanOrEqual(Math.min(...next));
    }
  });

  it('skips a threshold by name where only a flag made the run too short', async () => {
    const text = scenario({ more: 'thresholds: [response_time p99 < 1s, lost == 0]' });
    expect((await planned({ text })).plan.thresholds).toEqual([
      { expression: 'response_time p99 < 1s' },
      { expression: 'lost == 0' },
    ]);
    const short = await planned({ text, count: '999' });
    expect(short.plan.thresholds[0]).toEqual({
      expression: 'response_time p99 < 1s',
      skipped: '999 events cannot support p99',
    });
    expect((await planned({ text, count: '1k' })).plan.thresholds[0]?.skipped).toBeUndefined();
    const unverified = await planned({ text, noVerify: true });
    expect(unverified.plan.thresholds[1]?.skipped).toBe('lost is not known without verification');
    expect(await mistakes({ text: text.replace('10s', '900ms') })).toEqual(['900 events cannot support p99']);
  });
});

describe('identity', () => {
  it('is derived for own fields where device and time determine the slot, else written into them', async () => {
    const identity = async (fields: string, flags = {}) => {
      const text = scenario({ fleet: `payload: { fields: ${fields} }` }).replace('payload: raw, ', '');
      return (await planned({ text, ...flags })).plan.fleets[0]?.payload.identity;
    };
    expect(await identity('{ d: <device>, t: <time.iso> }')).toBe('derived');
    expect(await identity('{ d: phone-<device>, t: <time.s:3> }')).toBe('derived');
    expect(await identity('{ d: <device>, t: <time.s> }')).toBe('fields');
    expect(await identity('{ d: <device> }')).toBe('fields');
    expect(await identity('{ t: <time.iso> }')).toBe('fields');
    expect(await identity('{ d: <device>, t: <time.iso> }', { rate: '10k/s' })).toBe('fields');
  });
});

describe('any text', () => {
  const env = { A: 'a', N: '1' };
  const judge = async (text: string) => {
    const outcome = await loadPlan({ text, file: 'x.yaml', env, set: [], allow: [] });
    if (outcome.ok) return;
    expect(outcome.diagnostics.length).toBeGreaterThan(0);
    for (const { range } of outcome.diagnostics) {
      expect(range).not.toBeNull();
      expect(range?.start).toBeGreaterThanOrEqual(0);
      expect(range?.end).toBeLessThanOrEqual(text.length + 1);
    }
  };

  it('is a plan or mistakes with places: random text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'ab:-[]{}"\'|>&*!%#?, \n\t0.$<~'), maxLength: 200 }),
        judge,
      ),
      { numRuns: 500 },
    );
  });

  it('is a plan or mistakes with places: a scenario with a piece cut out, doubled or replaced', async () => {
    const { text } = fixture('full.yaml');
    const pieces = [
      '',
      '${A}',
      '${N}',
      '<',
      'null',
      '{',
      '[]',
      '"',
      '\n',
      '0',
      '-1s',
      '200%',
      '&a',
      '*a',
      '!x',
      '\u0000',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length),
        fc.nat(40),
        fc.constantFrom(...pieces),
        fc.boolean(),
        (at, length, piece, twice) =>
          judge(text.slice(0, twice ? at + length : at) + piece + text.slice(twice ? at : at + length)),
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['1 MiB of brackets', '['.repeat(1_048_576)],
    ['1 MiB of nested maps', '{a: '.repeat(262_144)],
    ['1 MiB of nested lists', '- '.repeat(524_288)],
    ['half a MiB of keys', Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n')],
    [
      'an alias bomb',
      `a: &a [x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `b${i}: &b${i} [*a,*a,*a,*a]`).join('\n')}`,
    ],
    ['more than 1 MiB', `# ${'x'.repeat(1_048_576)}`],
    ['a profile of 30 000 entries', scenario({ fleet: `profile: [${'{ hold: 100%, for: 1s }, '.repeat(30_000)}]` })],
    [
      '__proto__',
      'iotload: 1\n__proto__: { polluted: true }\nfleets: { __proto__: {}, constructor: {} }\ntarget: { toString: 1 }',
    ],
  ])('is judged quickly: %s', async (_, text) => {
    const start = process.cpuUsage();
    await judge(text);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(8_000_000);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
