import { expect, it } from 'vitest';
import { hottestKeyText, percentText, unevenText } from '../../src/targets/sizing-text.ts';

const key = { fleet: 'phones', perSecond: 1500, bytesPerSecond: 0 };

it('gives shares two digits', () => {
  expect([0.7, 0.125, 0.000_219, 1, 2.5].map(percentText)).toEqual(['70 %', '13 %', '0.022 %', '100 %', '250 %']);
});

it('says of a key what it takes of a place, and that nothing helps where no place is enough', () => {
  expect(hottestKeyText(key, 1, 'shard')).toBe('1.5k/s at the peak (phones), 100 % of a shard');
  expect(hottestKeyText(key, 1.5, 'partition')).toBe(
    '1.5k/s at the peak (phones): 1.5 times what a partition takes, however many there are; give events a key that varies more',
  );
});

it('says how much more the fullest place gets', () => {
  expect(unevenText(0.456, 'shard')).toBe(
    'so few keys spread unevenly: the fullest shard is likely to get 46 % more than its share',
  );
});
