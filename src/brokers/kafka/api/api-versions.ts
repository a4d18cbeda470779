import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import type { Answer, Api } from '../request.ts';

const MAX_VERSION = 3;

/** What this broker speaks. A version of this request that it does not know is answered like the oldest, with an error, as Kafka does. */
export function apiVersionsApi(apis: () => readonly Api[]): Api {
  return {
    key: 18,
    name: 'ApiVersions',
    versions: [0, MAX_VERSION],
    handle: ({ version }) => (version > MAX_VERSION ? unsupported(apis()) : answer(version, apis())),
  };
}

function unsupported(apis: readonly Api[]): Answer {
  const writer = new ProtocolWriter();
  writer.int16(ErrorCode.unsupportedVersion);
  // Of itself only: what a client needs to ask again.
  const own = apis.filter(({ key }) => key === 18);
  writer.array(own, ({ key, versions: [least, most] }) => writer.int16(key).int16(least).int16(most));
  return { pieces: [writer.take()] };
}

function answer(version: number, apis: readonly Api[]): Answer {
  const writer = new ProtocolWriter();
  writer.int16(ErrorCode.none);
  if (version < 3) {
    writer.array(apis, ({ key, versions: [least, most] }) => writer.int16(key).int16(least).int16(most));
    if (version > 0) writer.int32(0);
  } else {
    // Flexible: lengths are unsigned varints plus one, and tagged fields, of which there are none, end each structure.
    writer.int8(apis.length + 1);
    for (const {
      key,
      versions: [least, most],
    } of apis)
      writer.int16(key).int16(least).int16(most).int8(0);
    writer.int32(0).int8(0);
  }
  return { pieces: [writer.take()] };
}
