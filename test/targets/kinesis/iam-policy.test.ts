import { describe, expect, it } from 'vitest';
import { actionsFor, iamPolicy, streamArn } from '../../../src/targets/kinesis/iam-policy.ts';

const use = { region: 'us-east-1', stream: 'dais2023', reads: false, creates: false };

describe('the policy of a run', () => {
  it('lets it write and look at one stream', () => {
    expect(iamPolicy(use)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Iotload',
          Effect: 'Allow',
          Action: ['kinesis:DescribeStreamSummary', 'kinesis:ListShards', 'kinesis:PutRecords'],
          Resource: 'arn:aws:kinesis:us-east-1:*:stream/dais2023',
        },
      ],
    });
  });

  it('lets it read or create only where it does', () => {
    const added = (changes: object): string[] =>
      actionsFor({ ...use, ...changes }).filter((action) => !actionsFor(use).includes(action));
    expect(added({ reads: true })).toEqual(['kinesis:GetRecords', 'kinesis:GetShardIterator']);
    expect(added({ creates: true })).toEqual(['kinesis:CreateStream']);
  });

  it('names streams of runs as a pattern, in the partition of the region', () => {
    expect(streamArn({ ...use, region: 'cn-north-1', stream: 'iotload-load-<run>' })).toBe(
      'arn:aws-cn:kinesis:cn-north-1:*:stream/iotload-load-*',
    );
    expect(streamArn({ ...use, region: 'us-gov-west-1' })).toContain('arn:aws-us-gov:');
  });
});
