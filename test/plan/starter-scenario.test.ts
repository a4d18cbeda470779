import { describe, expect, it } from 'vitest';
import { planDrafted } from '../../src/plan/drafted-scenario.ts';
import { starterProblem } from '../../src/plan/starter-problem.ts';
import { starterDefaults, starterKinds, starterScenario } from '../../src/plan/starter-scenario.ts';

const mqtt = { kind: 'mqtt', ...starterDefaults } as const;

describe('a first scenario', () => {
  it.each([
    ['mqtt, all defaults', mqtt, { devices: 100, slots: 2200, protocol: 'mqtt' }],
    ['kafka', { ...mqtt, kind: 'kafka' }, { devices: 100, slots: 2200, protocol: 'kafka' }],
    ['kinesis', { ...mqtt, kind: 'kinesis' }, { devices: 100, slots: 2200, protocol: 'kinesis' }],
    [
      'kinesis at AWS',
      { ...mqtt, kind: 'kinesis', endpoint: 'aws' },
      { devices: 100, slots: 2200, protocol: 'kinesis' },
    ],
    ['a file', { ...mqtt, kind: 'file' }, { devices: 100, slots: 2200, protocol: 'file' }],
    ['one device', { ...mqtt, devices: '1' }, { devices: 1, slots: 2200, protocol: 'mqtt' }],
    ['many', { ...mqtt, devices: '1.5M', rate: '51M/day' }, { devices: 1_500_000, slots: 12_987, protocol: 'mqtt' }],
    [
      'a slow rate, which needs a longer run',
      { ...mqtt, rate: '2/s' },
      { devices: 100, slots: 1204, protocol: 'mqtt' },
    ],
    ['one event in a while', { ...mqtt, rate: '10/h' }, { devices: 100, slots: 11, protocol: 'mqtt' }],
    [
      'a broker elsewhere',
      { ...mqtt, endpoint: 'mqtts://broker.example.com:8883' },
      { devices: 100, slots: 2200, protocol: 'mqtt' },
    ],
  ] as const)('is valid: %s', async (_, answers, { devices, slots, protocol }) => {
    const plan = await planDrafted(starterScenario(answers, 'x.yaml'), 'x.yaml');
    expect(plan.fleets[0]).toMatchObject({ devices, slots });
    expect(plan.targets[0]?.protocol).toBe(protocol);
  });

  it('is commented, and fits a terminal', () => {
    for (const kind of starterKinds) {
      const answers = { ...mqtt, kind };
      const lines = starterScenario(answers, 'scenario.yaml').text.split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(lines.filter((line) => line.includes('#')).length).toBeGreaterThan(20);
    }
  });

  it.each([
    ['endpoint', 'http://x', 'not an MQTT endpoint'],
    ['endpoint', 'mqtt://me:secret@host', 'credentials'],
    ['devices', 'many', 'many'],
    ['devices', '0', '1'],
    ['rate', '5', 'unit'],
    ['rate', '5/s # fast', 'rate'],
    ['devices', '1\n    rate: 3/s', 'count'],
  ] as const)('says what is wrong with %s %j', async (key, value, problem) => {
    expect(await starterProblem({ ...mqtt, [key]: value })).toContain(problem);
    const wrong = planDrafted(starterScenario({ ...mqtt, [key]: value }, 'x.yaml'), 'x.yaml');
    await expect(wrong).rejects.toMatchObject({ code: 'bad-arguments', where: `--${key}` });
  });

  it('gives each device a connection only while they are few', () => {
    expect(starterScenario(mqtt, 'x.yaml').text).toContain('connections: per_device');
    expect(starterScenario({ ...mqtt, devices: '2k' }, 'x.yaml').text).toContain('connections: 8');
  });

  it('has nothing against good answers', async () => {
    expect(await starterProblem(mqtt)).toBeNull();
  });
});
