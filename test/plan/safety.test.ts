import { describe, expect, it } from 'vitest';
import { judgeSafety, refusalError } from '../../src/plan/safety.ts';
import { planned, scenario } from './request.ts';

const remote = 'endpoint: "mqtt://broker.example.com:1884"';
const setRemote = ['target.endpoint=mqtt://broker.example.com:1884'];

async function refusal(request: Parameters<typeof planned>[0]) {
  const { refusal } = await planned(request);
  return refusal === null ? null : refusalError(refusal);
}

describe('hosts', () => {
  it.each([
    ['a store on this machine', 'endpoint: "${URL:-http://127.0.0.1:9000}"', null],
    ['a store that stands in the file', 'endpoint: "https://store.example.com"', null],
    ['a store from a variable', 'endpoint: "${URL:-https://store.example.com}"', 'store.example.com is not allowed'],
    ['aws, in the file', 'endpoint: aws, region: eu-central-1', null],
    ['aws, because nobody says where', 'region: eu-central-1', 's3.eu-central-1.amazonaws.com is not allowed'],
  ])('objects that land in %s', async (_, where, message) => {
    const text = `iotload: 1
run: { duration: 10s }
fleets: { a: { model: phone-motion, devices: 10, rate: 10/s, payload: seismograph } }
target: { protocol: file, path: "s3://lake/a.jsonl", ${where} }`;
    const refused = await refusal({ text });
    if (message === null) expect(refused).toBeNull();
    else expect(refused).toMatchObject({ code: 'refused-by-safety', message });
  });

  it.each([
    ['embedded', 'endpoint: embedded'],
    ['localhost', 'endpoint: "${HOST:-mqtt://localhost}"'],
    ['127.0.0.0/8', 'endpoint: "${HOST:-mqtt://127.8.9.10:1883}"'],
    ['::1', 'endpoint: "${HOST:-mqtt://[::1]:1883}"'],
    ['a host that stands in the file', remote],
  ])('%s needs no leave', async (_, target) => {
    expect(await refusal({ text: scenario({ target }) })).toBeNull();
  });

  it.each([
    ['a flag', { text: scenario(), set: setRemote }],
    [
      'a variable',
      { text: scenario({ target: 'endpoint: "mqtt://${HOST}:1884"' }), env: { HOST: 'broker.example.com' } },
    ],
    ['a default', { text: scenario({ target: 'endpoint: "${URL:-mqtt://broker.example.com:1884}"' }) }],
  ])('a host from %s must be allowed', async (_, request) => {
    expect(await refusal(request)).toMatchObject({
      code: 'refused-by-safety',
      message: 'broker.example.com:1884 is not allowed',
      hint: 'put this into the scenario: safety: { allow: ["broker.example.com:1884"] }; or run with --allow broker.example.com:1884',
    });
    for (const pattern of [
      'broker.example.com',
      'broker.example.com:1884',
      '*.example.com',
      '*.com:1884',
      'BROKER.example.com',
    ]) {
      expect(await refusal({ ...request, allow: [pattern] })).toBeNull();
      const text = `${request.text}\nsafety: { allow: ["${pattern}"] }`;
      expect(await refusal({ ...request, text })).toBeNull();
    }
    for (const pattern of [
      'example.com',
      'broker.example.com:1883',
      '*.broker.example.com',
      'broker.example.com.evil.org',
    ]) {
      expect(await refusal({ ...request, allow: [pattern] })).not.toBeNull();
    }
  });
});

describe('cost', () => {
  const question = {
    hosts: ['kinesis.us-east-1.amazonaws.com'],
    literal: ['kinesis.us-east-1.amazonaws.com'],
    allow: [],
    peakPerSecond: 1,
    durationUs: 1,
    maxPerSecond: undefined,
    maxDurationUs: undefined,
    file: null,
  };

  it.each([
    [null, undefined, null],
    [5, undefined, null],
    [5.01, undefined, 'it costs up to 5.01 USD, more than 5.00 USD'],
    [0.02, 0.01, 'it costs up to 0.02 USD, more than 0.01 USD'],
    [70, 80, null],
  ])('%s USD where %s may be spent', (costUsd, maxCostUsd, message) => {
    const refused = judgeSafety({ ...question, costUsd, maxCostUsd });
    expect(refused === null ? null : refusalError(refused).message).toBe(message);
  });

  it('has a limit to paste that is enough', () => {
    for (const [costUsd, text] of [
      [5.01, 'max_cost: 6 USD'],
      [0.0421, 'max_cost: 0.05 USD'],
    ] as const) {
      const refused = judgeSafety({ ...question, costUsd, maxCostUsd: 0.01 });
      if (refused === null) throw new Error('not refused');
      expect(refusalError(refused)).toMatchObject({
        code: 'refused-by-safety',
        hint: `put this into the scenario: safety: { ${text} }`,
      });
    }
  });
});

describe('limits', () => {
  it('flags lower freely and raise no further than the file asks for', async () => {
    const text = scenario({ target: remote });
    expect(await refusal({ text, rate: '10/s', duration: '1s' })).toBeNull();
    expect(await refusal({ text, rate: '1k/s', duration: '10s' })).toBeNull();
    const error = await refusal({
      text,
      rate: '1001/s',
      duration: '11s',
      set: ['target.endpoint=mqtt://other.example.com'],
    });
    expect(error).toMatchObject({
      message:
        'other.example.com:1883 is not allowed; 1.001k/s is more than the 1k/s the scenario allows; 11s is longer than the 10s the scenario allows',
      hint: 'put this into the scenario: safety: { allow: ["other.example.com:1883"], max_rate: 1001/s, max_duration: 11s }',
    });
  });

  it('raise up to max_rate and max_duration', async () => {
    const text = scenario({ target: remote, more: 'safety: { max_rate: 2k/s, max_duration: 1m }' });
    expect(await refusal({ text, rate: '2k/s', duration: '1m' })).toBeNull();
    expect((await refusal({ text, rate: '2001/s' }))?.message).toMatch(/^2.001k\/s is more than the 2k\/s/);
    expect((await refusal({ text, set: ['run.duration=61s'] }))?.message).toMatch(/^1m1s is longer than the 1m/);
  });

  it('leave this machine free, unless the file itself sets one', async () => {
    expect(await refusal({ text: scenario(), rate: '50k/s', duration: '1h' })).toBeNull();
    const text = scenario({ more: 'safety: { max_rate: 2k/s }' });
    expect(await refusal({ text, rate: '50k/s' })).not.toBeNull();
  });

  it('count the highest level of a profile', async () => {
    const fleet = 'profile: [{ hold: 50%, for: 20% }, { ramp: [50%, 300%], for: 10% }, { hold: 20%, for: 10% }]';
    const text = scenario({ fleet, more: 'safety: { max_rate: 2999/s }' });
    expect((await refusal({ text }))?.message).toMatch(/^3k\/s is more than/);
    expect(await refusal({ text: text.replace('2999', '3000') })).toBeNull();
  });
});
