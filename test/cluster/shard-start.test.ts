import { describe, expect, it } from 'vitest';
import { type StartRequest, startOf } from '../../src/cluster/shard-start.ts';
import { dnsLabel, endsWithinUs } from '../../src/cluster/sharded-run.ts';
import { planned } from '../plan/request.ts';
import { meters, NOW_US } from './a-run.ts';

const SECOND = 1_000_000;
const sizes = [{ addressBytes: 20, payloadBytes: 200 }];

async function start(request: Partial<StartRequest>, target = 'protocol: file, path: e.jsonl') {
  const { plan } = await planned({ text: meters({ target }) });
  const clock = { wallUs: () => NOW_US + 250_000 };
  return startOf({ startAtUs: null, startInUs: null, ...request }, plan, sizes, 60 * SECOND, clock);
}

describe('startOf', () => {
  it('is five minutes from now, in a whole second, or as asked for', async () => {
    expect(await start({})).toEqual({ startAtUs: NOW_US + 301 * SECOND, leadUs: 300_750_000 });
    expect(await start({ startInUs: 90 * SECOND })).toMatchObject({ startAtUs: NOW_US + 91 * SECOND });
    const startAtUs = NOW_US + 100 * SECOND;
    expect(await start({ startAtUs })).toEqual({ startAtUs, leadUs: 99_750_000 });
  });

  it('counts the time that connecting takes', async () => {
    const target = 'protocol: mqtt, endpoint: "mqtt://b.example.com", connections: per_device, connect: { rate: 10/s }';
    expect(await start({}, target)).toMatchObject({ startAtUs: NOW_US + 401 * SECOND });
    await expect(start({ startInUs: 100 * SECOND }, target)).rejects.toThrow('need 2m40s at least');
    const pool = target.replace('per_device', '50');
    await expect(start({ startInUs: 60 * SECOND }, pool)).rejects.toThrow('need 1m5s at least');
  });

  it('refuses what is too soon, by the flag that said it', async () => {
    await expect(start({ startInUs: 30 * SECOND })).rejects.toMatchObject({ where: '--start-in', value: '30s' });
    await expect(start({ startAtUs: NOW_US })).rejects.toMatchObject({
      where: '--start-at',
      value: '2026-01-31T12:00:00.000Z',
    });
  });
});

describe('endsWithinUs', () => {
  it('has all phases, and of an unpaced plan its time in device time', async () => {
    const text = meters({ target: 'protocol: file, path: e.jsonl', more: 'clock: { speed: max }' });
    const { plan } = await planned({ text, set: ['verify.grace=10s'] });
    expect(endsWithinUs({ plan, leadUs: 5 * SECOND })).toBe((5 + 60 + 20 + 10 + 600) * SECOND);
  });
});

describe('dnsLabel', () => {
  it.each([
    ['Meters to lake', 'meters-to-lake'],
    ['Über 7', 'ber-7'],
    ['1234', 'run'],
    ['a--------------------b', 'a-b'],
    ['abcdefghij-klm', 'abcdefghij'],
  ])('%s', (text, label) => {
    expect(dnsLabel(text, text.startsWith('abc') ? 11 : 20)).toBe(label);
  });
});
