import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.ts';
import { headlines } from '../../src/report/headline.ts';
import { lossLine } from '../../src/report/loss-line.ts';

function clean(): RunResult {
  return JSON.parse(readFileSync(new URL('../fixtures/finished/clean.json', import.meta.url), 'utf8')) as RunResult;
}

describe('headlines', () => {
  it('claims of a passed run only what was checked', () => {
    const result = clean();
    expect(headlines(result)).toEqual(['every event arrived']);
    result.delivery.expect = 'exactly-once';
    expect(headlines(result)).toEqual(['every event arrived, exactly once']);
    result.delivery.verified--;
    expect(headlines(result)).toEqual(['every acknowledged event arrived, exactly once']);
    result.delivery.expect = 'at-most-once';
    expect(headlines(result)).toEqual(['no event arrived twice or altered']);
    result.delivery.expect = 'not asked';
    result.reasons = ['delivery not checked'];
    expect(headlines(result)).toEqual(['every threshold holds', 'delivery not checked']);
    result.checks = [];
    expect(headlines(result)[0]).toBe('nothing was asked of this run');
  });

  it('gives the reasons of every other verdict', () => {
    expect(headlines({ ...clean(), verdict: 'fail', reasons: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(headlines({ ...clean(), verdict: 'error', reasons: [] })).toEqual(['no reason was recorded']);
  });
});

describe('lossLine', () => {
  it('gives no loss with its bound', () => {
    expect(lossLine(clean())).toBe('0 lost of 1,000 acknowledged, ≤ 0.3 % at 95 %');
  });

  it.each([
    [1000, '0.3 %'],
    [8500, '0.036 %'],
    [3, '100 %'],
    [51_000_000, '0.059 ppm'],
  ])('rounds the bound for %d events upwards', (acked, bound) => {
    const result = clean();
    result.events.acked = acked;
    result.delivery.lossUpperBound95 = 3 / acked;
    expect(lossLine(result)).toContain(`, ≤ ${bound} at 95 %`);
  });

  it('names losses, proved or not', () => {
    const result = clean();
    result.delivery = { ...result.delivery, missing: 1200, lossUpperBound95: null };
    expect(lossLine(result)).toBe('1,200 missing of 1,000 acknowledged');
    result.delivery.lost = 3;
    expect(lossLine(result)).toBe('3 lost and 1,200 missing of 1,000 acknowledged');
  });

  it('never calls lost what was not acknowledged, or not looked for', () => {
    const result = clean();
    result.events = { ...result.events, acked: 0, noAck: 1000 };
    expect(lossLine(result)).toBe('nothing was acknowledged, so nothing can be called lost');
    result.delivery.identity = 'not checked';
    expect(lossLine(result)).toBe('delivery was not checked');
  });
});
