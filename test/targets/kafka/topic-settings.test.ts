import { describe, expect, it } from 'vitest';
import {
  type TopicDemands,
  type TopicFacts,
  topicWarnings,
  warningsOf,
} from '../../../src/targets/kafka/topic-settings.ts';

const HOUR_US = 3_600_000_000;
const sound = {
  'cleanup.policy': 'delete',
  'max.message.bytes': '1048588',
  'message.timestamp.type': 'CreateTime',
  'min.insync.replicas': '2',
  'retention.ms': '604800000',
  'unclean.leader.election.enable': 'false',
};
const facts = (settings: object, more: Partial<TopicFacts> = {}): TopicFacts => ({
  settings: new Map(Object.entries({ ...sound, ...settings })),
  copies: 3,
  brokers: 3,
  ...more,
});
const demands: TopicDemands = { acks: -1, batchBytes: 262_144, config: {}, lastsUs: HOUR_US };

describe('warningsOf', () => {
  it('says nothing of a topic that loses nothing', () => {
    expect(warningsOf(facts({}), demands)).toEqual([]);
    expect(warningsOf(facts({ 'retention.ms': '-1' }), demands)).toEqual([]);
    expect(warningsOf(facts({ 'retention.ms': `${HOUR_US / 1000}` }), demands)).toEqual([]);
  });

  it.each([
    [{ 'min.insync.replicas': '1' }, /^min\.insync\.replicas is 1/],
    [{ 'unclean.leader.election.enable': 'true' }, /^unclean\.leader\.election\.enable/],
    [{ 'retention.ms': '3599999' }, /^retention\.ms is shorter than the run/],
    [{ 'cleanup.policy': 'compact,delete' }, /^cleanup\.policy is compact/],
    [{ 'message.timestamp.type': 'LogAppendTime' }, /LogAppendTime/],
    [{ 'max.message.bytes': '100000' }, /^max\.message\.bytes is smaller/],
  ])('%j', (settings, warning) => {
    expect(warningsOf(facts(settings), demands)).toEqual([expect.stringMatching(warning)]);
  });

  it('minds a single copy only where there could be more', () => {
    const one = { 'min.insync.replicas': '1' };
    expect(warningsOf(facts(one, { copies: 1, brokers: 1 }), demands)).toEqual([]);
    expect(warningsOf(facts(one, { copies: 1 }), demands)).toEqual([expect.stringMatching(/one copy/)]);
  });

  it('minds min.insync.replicas only where acks: all asks for it', () => {
    expect(warningsOf(facts({ 'min.insync.replicas': '1' }), { ...demands, acks: 1 })).toEqual([]);
  });

  it('compares with what create asks for', () => {
    const config = { 'min.insync.replicas': '2', 'retention.ms': '1000000000' };
    expect(warningsOf(facts({}), { ...demands, config })).toEqual([
      'retention.ms of the topic is not what create asks for',
    ]);
  });
});

it('topicWarnings says so where it may not look', async () => {
  const admin = { topicSettings: async () => null, createTopic: () => Promise.reject(new Error('no')) };
  const topic = { topic: 't', created: false, partitions: [], brokers: 1 };
  const options = { acks: -1 as const, batchBytes: 1, create: null };
  expect(await topicWarnings(admin, topic, options, 1)).toEqual([expect.stringMatching(/DescribeConfigs/)]);
});
