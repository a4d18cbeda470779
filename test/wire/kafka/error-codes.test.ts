import { describe, expect, it } from 'vitest';
import { ErrorCode, errorWords, kafkaError } from '../../../src/wire/kafka/error-codes.ts';
import { errorCodes } from './kafkajs-internals.ts';

/** Kafka has renamed these since. */
const renamed: Readonly<Record<string, string>> = {
  UNKNOWN: 'UNKNOWN_SERVER_ERROR',
  NOT_LEADER_FOR_PARTITION: 'NOT_LEADER_OR_FOLLOWER',
  GROUP_LOAD_IN_PROGRESS: 'COORDINATOR_LOAD_IN_PROGRESS',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'NOT_COORDINATOR',
};

describe('error codes', () => {
  it('have the names that kafkajs knows them by', () => {
    let compared = 0;
    for (const { code, type } of errorCodes) {
      const { name } = kafkaError(code);
      if (name === 'UNKNOWN_ERROR_CODE') continue;
      expect(name).toBe(renamed[type] ?? type);
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });

  it.each([
    ['none', [0]],
    ['retry', [2, 3, 5, 6, 19, 74, 75]],
    ['ambiguous', [-1, 7, 13, 20, 56, 12_345]],
    ['refused', [17, 21, 29, 31, 32, 43, 44, 76, 87]],
    ['too-large', [10, 18]],
    ['duplicate', [46]],
    ['identity', [45, 47, 59, 90]],
  ])('are %s', (kind, codes) => {
    expect(codes.map((code) => kafkaError(code).class)).toEqual(codes.map(() => kind));
  });

  it('are words of a closed vocabulary', () => {
    for (let code = -2; code < 200; code++) expect(errorWords(code)).toMatch(/^[a-z][a-z ]*$/);
    expect(errorWords(ErrorCode.notEnoughReplicas)).toBe('not enough replicas');
    expect(errorWords(999)).toBe('unknown error code');
  });

  it('say what to do, in a sentence', () => {
    for (let code = -1; code < 104; code++) expect(kafkaError(code).remedy).toMatch(/^([A-Zi].*\.)?$/);
  });
});
