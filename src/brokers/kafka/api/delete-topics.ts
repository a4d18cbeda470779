import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import type { Api } from '../request.ts';

/** Deletes topics and what they hold. */
export const deleteTopicsApi: Api = {
  key: 20,
  name: 'DeleteTopics',
  versions: [0, 3],
  handle({ reader, version }, { topics }) {
    const names = reader.array(() => reader.string());
    reader.int32();
    const writer = new ProtocolWriter();
    if (version >= 1) writer.int32(0);
    writer.array(names, (name) => {
      writer.string(name).int16(topics.delete(name) ? ErrorCode.none : ErrorCode.unknownTopicOrPartition);
    });
    return { pieces: [writer.take()] };
  },
};
