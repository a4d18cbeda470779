import { codecs } from '../../src/codecs/registry.ts';
import { type CodecTraits, describeCodec } from '../contracts/codec.ts';
import { fitAvro } from './avro/fit-avro.ts';
import { fitProtobuf } from './protobuf/fit-protobuf.ts';

const traits: Record<string, CodecTraits> = {
  avro: { fitted: fitAvro, emptyFiller: null },
  cbor: { emptyFiller: '_pad'.length + 1 + 3 },
  // Rows all have as many columns: one that has nothing to hold still takes its comma.
  csv: { emptyFiller: 1 },
  json: { emptyFiller: 0 },
  protobuf: { fitted: fitProtobuf, emptyFiller: null },
};

for (const codec of Object.values(codecs)) describeCodec(codec, traits[codec.name] as CodecTraits);
