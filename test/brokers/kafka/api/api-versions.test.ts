import { expect, it } from 'vitest';
import { apiVersionsApi } from '../../../../src/brokers/kafka/api/api-versions.ts';
import type { Api } from '../../../../src/brokers/kafka/request.ts';
import { answerOf, body, brokerState } from './api-world.ts';

const other: Api = { key: 0x0102, name: 'Other', versions: [3, 9], handle: () => null };
const apis: Api[] = [other];
const api = apiVersionsApi(() => apis);
apis.push(api);

const bytesOf = async (version: number): Promise<string> => {
  const reader = await answerOf(api, version, body(), brokerState());
  return Array.from({ length: reader.remaining }, () => reader.int8().toString(16).padStart(2, '0')).join(' ');
};

it('lists what there is when it is asked, in the form of each version', async () => {
  const listed = '00 00 00 00 00 02 01 02 00 03 00 09 00 12 00 00 00 03';
  expect(await bytesOf(0)).toBe(listed);
  // From version 1 on, how long to wait.
  expect(await bytesOf(1)).toBe(`${listed} 00 00 00 00`);
  expect(await bytesOf(2)).toBe(`${listed} 00 00 00 00`);
  // Flexible: a length plus one in one byte, and no tagged fields behind each structure.
  expect(await bytesOf(3)).toBe('00 00 03 01 02 00 03 00 09 00 00 12 00 00 00 03 00 00 00 00 00 00');
});

it('tells whoever asks in a version that it does not know which one to ask in', async () => {
  expect(await bytesOf(4)).toBe('00 23 00 00 00 01 00 12 00 00 00 03');
});
