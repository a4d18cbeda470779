import { avro } from './avro/avro.ts';
import { cbor } from './cbor.ts';
import type { Codec } from './codec.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';
import { protobuf } from './protobuf/protobuf.ts';

/** Every payload format by name, sorted: a new one is one file or folder and one line here. */
export const codecs: Readonly<Record<string, Codec>> = { avro, cbor, csv, json, protobuf };
