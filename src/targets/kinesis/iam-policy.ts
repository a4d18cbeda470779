/** What a run does at a stream. */
export interface StreamUse {
  region: string;
  /** Its name, which may hold `<run>`. */
  stream: string;
  reads: boolean;
  creates: boolean;
}

/** An IAM policy document with the least rights that a run needs; the account is left open. */
export function iamPolicy(use: StreamUse): Record<string, unknown> {
  const statement = { Sid: 'Iotload', Effect: 'Allow', Action: actionsFor(use), Resource: streamArn(use) };
  return { Version: '2012-10-17', Statement: [statement] };
}

/** Actions of the API that a run calls, sorted. */
export function actionsFor({ reads, creates }: StreamUse): string[] {
  return [
    'DescribeStreamSummary',
    'ListShards',
    'PutRecords',
    ...(reads ? ['GetRecords', 'GetShardIterator'] : []),
    ...(creates ? ['CreateStream'] : []),
  ]
    .sort()
    .map((action) => `kinesis:${action}`);
}

/** The stream in any account; a name that follows from the run stands for all such names. */
export function streamArn({ region, stream }: StreamUse): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:kinesis:${region}:*:stream/${stream.replace(/<[^>]*>/g, '*')}`;
}
