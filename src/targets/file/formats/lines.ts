import { LineReader } from '../line-reader.ts';
import type { FileFormat, OpenFormat } from './format.ts';
import { LineEncoder } from './line-encoder.ts';

/** One event a line, as it is: JSON Lines where payloads are JSON. */
export const lines: FileFormat = {
  name: 'lines',
  doc: 'one event a line',
  extension: '.jsonl',
  grows: true,
  payloads: 'text',
  open: async () => lineFormat(new Uint8Array()),
};

/** Lines below a header; empty for none. */
export function lineFormat(header: Uint8Array): OpenFormat {
  return {
    encoder: () => new LineEncoder(header),
    decoder: (file, events, nowUs, position) => new LineReader(file, header, events, nowUs, position),
  };
}
