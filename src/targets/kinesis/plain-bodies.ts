import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { RawBodies } from './raw-bodies.ts';

interface Entry {
  Data: string | Uint8Array;
}

interface Answer {
  Records?: { Data?: Uint8Array; ApproximateArrivalTimestamp?: Date }[];
  $metadata?: unknown;
}

/** The same as raw bodies by nothing but the SDK's public calls: every record is an object once more, and several times as costly. */
export function plainBodies(client: KinesisClient): RawBodies {
  return {
    note: 'this release of the SDK lacks what fast requests need: each record is made twice',
    takesCbor: () => Promise.resolve(false),
    async send(command, body) {
      const { input, constructor: Command } = command as { input: object; constructor: new (input: object) => object };
      const sent = body === null ? command : new Command({ ...input, ...parsed(body.bytes) });
      const { $metadata, ...answer } = (await client.send(sent as Parameters<KinesisClient['send']>[0])) as Answer;
      return Buffer.from(JSON.stringify({ ...answer, ...(answer.Records === undefined ? {} : records(answer)) }));
    },
  };
}

function parsed(body: Uint8Array): object {
  const request = JSON.parse(Buffer.from(body).toString()) as { Records: Entry[] };
  for (const entry of request.Records) entry.Data = Buffer.from(entry.Data as string, 'base64');
  return request;
}

/** As they stand in the service's JSON: data in base64, times in seconds. */
function records({ Records = [] }: Answer): object {
  return {
    Records: Records.map((record) => ({
      ...record,
      ...(record.Data === undefined ? {} : { Data: Buffer.from(record.Data).toString('base64') }),
      ...(record.ApproximateArrivalTimestamp === undefined
        ? {}
        : { ApproximateArrivalTimestamp: record.ApproximateArrivalTimestamp.getTime() / 1000 }),
    })),
  };
}
