import type { Codec } from './codec.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';

/** Every payload format by name, sorted: a new one is one file and one line here. */
export const codecs: Readonly<Record<string, Codec>> = { csv, json };
