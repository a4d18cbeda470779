import { ErrorCode } from '../../../wire/kafka/error-codes.ts';
import { ProtocolWriter } from '../../../wire/kafka/protocol-writer.ts';
import type { Api } from '../request.ts';

/** Hands out identities to idempotent producers, another one each time; there are no transactions. */
export const initProducerIdApi: Api = {
  key: 22,
  name: 'InitProducerId',
  versions: [0, 1],
  handle({ reader }, broker) {
    const transactionalId = reader.nullableString();
    reader.int32();
    const writer = new ProtocolWriter().int32(0);
    if (transactionalId === null) writer.int16(ErrorCode.none).int64(broker.nextProducerId()).int16(0);
    else writer.int16(ErrorCode.transactionalIdAuthorizationFailed).int64(-1).int16(-1);
    return { pieces: [writer.take()] };
  },
};
