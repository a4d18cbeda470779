import { expect, it } from 'vitest';
import type { BrokerResult } from '../../src/metrics/result.ts';
import { brokerLine } from '../../src/report/broker-line.ts';
import { stored } from './hostile.ts';

const counted = stored('breached').targets[0]?.broker as BrokerResult;

it('says what was counted, by whom, and whether that was the end of it', () => {
  const by = '$SYS/broker/publish/messages';
  expect(brokerLine({ ...counted, messages: 1_000, dropped: 40, final: true, by })).toBe(
    `1,000 messages, 40 dropped by ${by}`,
  );
  expect(brokerLine({ ...counted, messages: 1_000, dropped: null, final: false, by })).toBe(
    `1,000 messages by ${by}, told before the end`,
  );
});

it('of files says how many there are, whoever has counted what lies in them', () => {
  const files = { ...counted, by: 'the bucket', messages: null, dropped: null, files: 1_200, bytes: 3 * 1024 };
  expect(brokerLine({ ...files, final: false })).toBe('1,200 files, 3 KiB by the bucket');
});
