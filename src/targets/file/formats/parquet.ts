import type { FileOptions } from '../options.ts';
import { ParquetDecoder } from '../parquet/parquet-decoder.ts';
import { type ParquetCodec, ParquetEncoder } from '../parquet/parquet-encoder.ts';
import { tableFor } from '../parquet/parquet-table.ts';
import type { FileFormat } from './format.ts';

const codecs: Readonly<Record<NonNullable<FileOptions['compression']>, ParquetCodec>> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
};

/** Apache Parquet: a typed column for each value of a JSON or CSV payload; other payloads as they are in a column `payload`. */
export const parquet: FileFormat = {
  name: 'parquet',
  doc: 'Apache Parquet: a typed column for each value of a payload',
  extension: '.parquet',
  grows: false,
  keepsValues: true,
  async open({ compression }, fleets) {
    const table = tableFor(fleets);
    const [{ ByteWriter, ParquetWriter }, reading, { gzipSync, gunzipSync }] = await Promise.all([
      import('hyparquet-writer'),
      import('hyparquet'),
      import('node:zlib'),
    ]);
    const codec = codecs[compression ?? 'snappy'];
    return {
      encoder: () => new ParquetEncoder(table, { ByteWriter, ParquetWriter }, codec, { GZIP: gzipSync }),
      decoder: (file, events, nowUs, position) =>
        new ParquetDecoder(table, reading, { GZIP: (bytes) => gunzipSync(bytes) }, file, events, nowUs, position),
    };
  },
};
