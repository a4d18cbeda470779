import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import { type Api, NODE_ID } from '../request.ts';

/** Who looks after a group: this broker. */
export const findCoordinatorApi: Api = {
  key: 10,
  name: 'FindCoordinator',
  versions: [0, 2],
  handle({ version }, broker) {
    const writer = new ProtocolWriter();
    if (version >= 1) writer.int32(0);
    writer.int16(ErrorCode.none);
    if (version >= 1) writer.string(null);
    writer.int32(NODE_ID).string(broker.host).int32(broker.port());
    return { pieces: [writer.take()] };
  },
};
