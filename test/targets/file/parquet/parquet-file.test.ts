import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../../../../src/codecs/field-tree.ts';
import { json } from '../../../../src/codecs/json.ts';
import { formats } from '../../../../src/targets/file/formats/registry.ts';
import type { FileOptions } from '../../../../src/targets/file/options.ts';
import type { TargetFleet } from '../../../../src/targets/target.ts';
import { vocabulary } from '../../../contracts/codec.ts';
import { testFleet } from '../../../contracts/sink.ts';
import { SourceRecord } from '../../../contracts/source.ts';

const parquet = formats['parquet'] as NonNullable<(typeof formats)['parquet']>;

const fields: FieldNode[] = [
  { name: 'n', value: '<temperature>' },
  {
    name: 'pos',
    value: {
      members: [
        { name: 'x', value: '<tiny>' },
        { name: 'state', value: '<state>' },
      ],
    },
  },
  { name: 'v', value: { items: ['<temperature:1>', '<wide>'] } },
  { name: 'count', value: '<count>' },
  { name: 'at', value: '<time.iso>' },
  { name: 'utc', value: '<time.utc:6>' },
  { name: 'on', value: '<open>' },
  { name: 'none', value: null },
];

function fleetOf(more: Partial<TargetFleet> = {}, of: FieldNode[] = fields, index = 0): TargetFleet {
  const columns = json.columns?.({ fields: of, identity: null, vocabulary }) ?? null;
  return { ...testFleet(index, 4, ''), columns, ...more };
}

/** The bytes of a file with these payloads; null in the place of one that could not be held. */
async function encode(
  fleets: TargetFleet[],
  payloads: readonly (string | Uint8Array)[],
  options: Partial<FileOptions> = {},
) {
  const format = await parquet.open(options as FileOptions, fleets);
  const encoder = format.encoder();
  const chunks: Uint8Array[] = [];
  const held = payloads.map((payload, slot) => {
    const bytes = Buffer.from(payload as string);
    const did = encoder.add(bytes, 0, bytes.length, fleets[0]?.index ?? 0, slot);
    for (let chunk = encoder.take(); chunk !== null; chunk = encoder.take()) chunks.push(chunk);
    return did;
  });
  const most = encoder.size;
  encoder.finish();
  for (let chunk = encoder.take(); chunk !== null; chunk = encoder.take()) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const file = {
    size: bytes.length,
    read: async (into: Uint8Array, offset: number, length: number, position: number) => {
      const piece = bytes.subarray(position, position + length);
      into.set(piece, offset);
      return { bytesRead: piece.length };
    },
  };
  const arrived = new SourceRecord();
  await format.decoder(file, arrived, () => 1, 0).readOn(() => false);
  const whole = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return { whole, held, most, payloads: arrived.arrivals.map(({ payload }) => payload) };
}

const full =
  '{"n":-1.50,"pos":{"x":0.000500,"state":"größer"},"v":[1.5,-2.125],"count":4000000000,"at":"2026-03-01T00:00:00.123Z",' +
  '"utc":"2026-03-01 00:00:00.123456","on":true,"none":null}';
const empty =
  '{"n":null,"pos":{"x":null,"state":null},"v":[null,null],"count":null,"at":null,"utc":null,"on":null,"none":null}';

describe('a Parquet file', () => {
  it('has typed columns, nulls as nulls, and the payloads again byte for byte', async () => {
    const { whole, payloads } = await encode([fleetOf()], [full, empty]);
    expect(payloads).toEqual([full, empty]);
    const rows = await parquetReadObjects({ file: whole });
    expect(rows[0]).toEqual({
      n: -1.5,
      pos: { x: 0.0005, state: 'größer' },
      v: [1.5, -2.125],
      count: 4_000_000_000n,
      at: new Date('2026-03-01T00:00:00.123Z'),
      utc: new Date('2026-03-01T00:00:00.123Z'),
      on: true,
      none: null,
    });
    expect(rows[1]).toMatchObject({ n: null, pos: { x: null, state: null }, v: [null, null], count: null, at: null });
    const { schema, created_by, row_groups } = await parquetMetadataAsync(whole);
    expect(created_by).toBe('iotload');
    expect(
      schema
        .filter(({ type }) => type !== undefined)
        .map(({ name, type, repetition_type }) => `${name} ${type} ${repetition_type}`),
    ).toEqual([
      'n DOUBLE OPTIONAL',
      'x DOUBLE OPTIONAL',
      'state BYTE_ARRAY OPTIONAL',
      'element DOUBLE OPTIONAL',
      'count INT64 OPTIONAL',
      'at INT64 OPTIONAL',
      'utc INT64 OPTIONAL',
      'on BOOLEAN OPTIONAL',
      'none BYTE_ARRAY OPTIONAL',
    ]);
    expect(new Set(row_groups[0]?.columns.map(({ meta_data }) => meta_data?.codec))).toEqual(new Set(['SNAPPY']));
  });

  it.each(['none', 'gzip'] as const)('may be compressed otherwise: %s', async (compression) => {
    const { whole, payloads } = await encode([fleetOf()], [full], { compression });
    expect(payloads).toEqual([full]);
    const { row_groups } = await parquetMetadataAsync(whole);
    expect(row_groups[0]?.columns[0]?.meta_data?.codec).toBe(compression === 'none' ? 'UNCOMPRESSED' : 'GZIP');
  });

  it('has row groups of bounded size, each with all of its columns and rows, and is no larger than it said', async () => {
    const sent = Array.from({ length: 20_000 }, (_, i) =>
      full.replace('-1.50', `${(i % 1000) / 8}`.includes('.') ? `${((i % 1000) / 8).toFixed(2)}` : `${i % 1000}.00`),
    );
    const { whole, payloads, most } = await encode([fleetOf()], sent);
    expect(payloads).toEqual(sent);
    expect(whole.byteLength).toBeLessThanOrEqual(most);
    const { row_groups, num_rows } = await parquetMetadataAsync(whole);
    expect(num_rows).toBe(20_000n);
    expect(row_groups.map(({ num_rows, columns }) => [num_rows, columns.length])).toEqual([
      [8192n, 9],
      [8192n, 9],
      [3616n, 9],
    ]);
    for (const { columns, total_byte_size } of row_groups)
      expect(total_byte_size).toBe(
        columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      );
  });

  it('has a column for the text of what fits no other, where payloads are malformed by design; elsewhere it cannot hold that', async () => {
    const torn = `}${full.slice(1)}`;
    expect((await encode([fleetOf()], [full, torn])).held).toEqual([true, false]);
    const { whole, held, payloads } = await encode([fleetOf({ damaged: true })], [full, torn]);
    expect(held).toEqual([true, true]);
    expect(payloads).toEqual([full, torn]);
    const rows = await parquetReadObjects({ file: whole });
    expect(rows.map(({ n, _rescued_data }) => [n, _rescued_data])).toEqual([
      [-1.5, null],
      [null, torn],
    ]);
  });

  it('holds payloads that are no text of values as they are', async () => {
    const bytes = [Uint8Array.of(0xa1, 0xff, 0x00), Uint8Array.of()];
    const { whole, payloads } = await encode([fleetOf({ columns: null })], bytes);
    expect(payloads).toEqual(bytes.map((one) => Buffer.from(one).toString()));
    const rows = await parquetReadObjects({ file: whole, utf8: false });
    expect(rows).toEqual([
      { fleet: 'fleet0', slot: 0n, payload: bytes[0] },
      { fleet: 'fleet0', slot: 1n, payload: bytes[1] },
    ]);
  });

  it('is refused for fleets with different columns, and for a list of different things', async () => {
    const other = fleetOf({}, [{ name: 'n', value: '<temperature:1>' }], 1);
    await expect(parquet.open({} as FileOptions, [fleetOf(), other])).rejects.toThrow(
      'fleet fleet1 has other columns than the fleets before it',
    );
    await expect(parquet.open({} as FileOptions, [fleetOf(), fleetOf({ columns: null }, fields, 1)])).rejects.toThrow(
      'other columns',
    );
    const mixed = fleetOf({}, [{ name: 'v', value: { items: ['<temperature>', '<state>'] } }]);
    await expect(parquet.open({} as FileOptions, [mixed])).rejects.toMatchObject({
      code: 'bad-scenario',
      message: 'v is a list of different things',
    });
  });
});
