import { expect, it } from 'vitest';
import type { Growth } from '../../src/metrics/result.ts';
import { growthTexts } from '../../src/report/growth-text.ts';
import { stored } from './hostile.ts';

const slope = (perHour: number): Growth => ({ perHour, low: perHour, high: perHour });
const lasting = (durationSeconds: number) => ({ ...stored('clean').run, durationSeconds });

it('says what a process took more of, as far as it is known', () => {
  const growth = { rss: slope(1024 * 1024), descriptors: slope(2), scheduleLag: null };
  expect(growthTexts(growth, lasting(600))).toEqual(['memory 1 MiB/h', 'descriptors 2/h']);
  expect(growthTexts({ rss: null, descriptors: null, scheduleLag: slope(1500) }, lasting(600))).toEqual([
    'mean schedule lag 1.5 ms/h',
  ]);
});

it('says nothing of a run of less than ten minutes, nor where nothing is known', () => {
  const growth = { rss: slope(1e9), descriptors: slope(9), scheduleLag: slope(9) };
  expect(growthTexts(growth, lasting(599))).toEqual([]);
  expect(growthTexts(undefined, lasting(600))).toEqual([]);
});
