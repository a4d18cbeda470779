import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commonPlaceholders } from '../../../src/codecs/vocabulary.ts';
import { placeholderName, reservedNames } from '../../../src/models/recording/column.ts';
import { type RecordingRequest, readRecording } from '../../../src/models/recording/read-recording.ts';
import { recordedTimeUs } from '../../../src/models/recording/recorded-time.ts';
import type { Recording } from '../../../src/models/recording/recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'iotload-recording-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, more: Partial<RecordingRequest> = {}, name = 'it.csv'): ReturnType<typeof readRecording> {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readRecording({ file, columns: [], texts: [], time: '', ...more }, text);
}

async function sound(...request: Parameters<typeof read>): Promise<Recording> {
  const recording = await read(...request);
  if ('problems' in recording) throw new Error(JSON.stringify(recording.problems));
  return recording;
}

async function problems(...request: Parameters<typeof read>): Promise<string[]> {
  const recording = await read(...request);
  return 'problems' in recording ? recording.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

describe('a CSV file', () => {
  it('gives numbers with their decimals and texts by number', async () => {
    const { rows, columns, values } = await sound('\ufeffa, b ,c\r\n1.50,x,-3\n\n2,"y, ""z""",4e-1\n+.125,x,5\n');
    expect(rows).toBe(3);
    expect(columns).toEqual([
      { title: 'a', name: 'a', decimals: 3, min: 0.125, max: 2 },
      { title: 'b', name: 'b', decimals: 0, min: 0, max: 1, names: ['x', 'y, "z"'] },
      { title: 'c', name: 'c', decimals: 1, min: -3, max: 5 },
    ]);
    expect([...values]).toEqual([1.5, 0, -3, 2, 1, 0.4, 0.125, 0, 5]);
    expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('reads the columns that are asked for, and takes digits for text where that is said', async () => {
    const { columns, values } = await sound('id,a,b\n007,1,x\n8,2,y\n', { columns: ['a', 'id'], texts: ['id'] });
    expect(columns.map(({ name, names }) => [name, names])).toEqual([
      ['a', undefined],
      ['id', ['007', '8']],
    ]);
    expect([...values]).toEqual([1, 0, 2, 1]);
  });

  it('calls columns what a placeholder can be called', () => {
    const titles = ['Temp (C)', 'a', '9 lives', 'device', '_x_', '°'];
    expect(titles.map(placeholderName)).toEqual([
      'Temp_C',
      'a',
      'recorded_9_lives',
      'recorded_device',
      'x',
      'recorded_',
    ]);
    expect([...reservedNames].sort()).toEqual(commonPlaceholders.filter((name) => !name.includes('.')).sort());
  });

  it.each<[string, string, Partial<RecordingRequest>, string]>([
    ['an empty file', '', {}, 'file: the file is empty'],
    ['a header alone', 'a,b\n', {}, 'file: the file has no rows'],
    ['a missing cell', 'a,b\n1,2\n3,\n', {}, 'file: row 2, line 3: nothing stands under "b"'],
    ['a row too short', 'a,b\n1,2\n\n3\n', {}, 'file: row 2, line 4: 1 cells under 2 titles'],
    ['a bad number', 'a\n1\nabc\n', {}, 'file: row 2, line 3: "abc" under "a" is no number'],
    ['a title twice', 'a,a\n1,2\n', {}, 'file: two columns are called "a"'],
    ['two titles alike', 'a b,a-b\n1,2\n', {}, 'file: two columns would be called <a_b>'],
    ['an open quote', 'a\n"1\n', {}, 'file: this is no CSV: '],
    ['too many digits', 'a\n12345678901234567890\n', {}, 'file: "a" has numbers of more digits than can be kept'],
    ['a column that is not there', 'temp\n1\n', { columns: ['tmp'] }, 'columns.0: the file has no column "tmp"'],
    ['a time that is none', 't\nnever\n', { time: 't' }, 'file: row 1, line 2: "never" under "t" is no time'],
    [
      'time backwards',
      't,a\n20,1\n10,2\n',
      { time: 't' },
      'file: row 2, line 3: "10" under "t" is earlier than the row before',
    ],
    ['no column of times', 'a\n1\n', { time: 't' }, 'time: the file has no column "t"'],
  ])('is told what is wrong: %s', async (_, text, more, expected) => {
    const found = await problems(text, more);
    expect(found).toHaveLength(1);
    expect(found[0]?.slice(0, expected.length)).toBe(expected);
  });

  it('stops after ten mistakes, and at a thousand different texts', async () => {
    expect(await problems(`a\n1\n${'x\n'.repeat(50)}`)).toHaveLength(10);
    const many = Array.from({ length: 1_001 }, (_, i) => `t${i}`).join('\n');
    expect(await problems(`a\n${many}`)).toEqual([
      expect.stringContaining('row 1001, line 1002: more than 1000 different texts'),
    ]);
  });
});

describe('JSON Lines', () => {
  it('give the same', async () => {
    const { columns, values } = await sound('{"a":1.5,"b":"x"}\n\n{"b":"y","a":2}\n', {}, 'it.jsonl');
    expect(columns.map(({ name, decimals, names }) => [name, decimals, names])).toEqual([
      ['a', 1, undefined],
      ['b', 0, ['x', 'y']],
    ]);
    expect([...values]).toEqual([1.5, 0, 2, 1]);
  });

  it.each<[string, string]>([
    ['{"a":1}\n{"a":', 'file: row 2, line 2: this is no JSON'],
    ['{"a":1}\n[1]', 'file: row 2, line 2: this is no JSON object'],
    ['{"a":1}\n{"a":{"b":1}}', 'file: row 2, line 2: "a" is not one value'],
    ['{"a":1}\n{"a":2,"c":3}', 'file: row 2, line 2: "c" is not in the first line'],
    ['{"a":1}\n{"a":null}', 'file: row 2, line 2: nothing stands under "a"'],
  ])('are told what is wrong: %s', async (text, expected) => {
    expect(await problems(text, {}, 'it.jsonl')).toEqual([expected]);
  });
});

describe('times', () => {
  it.each<[string, number | null]>([
    ['2026-03-01T12:00:00Z', 1_772_366_400_000_000],
    ['2026-03-01 12:00:00.25', 1_772_366_400_250_000],
    ['2026-03-01T13:00:00.123456789+01:00', 1_772_366_400_123_456],
    ['1772366400', 1_772_366_400_000_000],
    ['1772366400.000001', 1_772_366_400_000_001],
    ['1772366400250', 1_772_366_400_250_000],
    ['1772366400250.5', 1_772_366_400_250_500],
    ['1772366400250001', 1_772_366_400_250_001],
    ['0.5', 500_000],
    ['2026-13-01T12:00:00Z', null],
    ['noon', null],
    ['-5', null],
    ['', null],
  ])('%s is exact', (text, us) => {
    expect(recordedTimeUs(text)).toBe(us);
  });

  it('count from the first row, and a round lasts one mean gap longer', async () => {
    const { timesUs, lengthUs } = await sound('t,a\n10,1\n10.5,1\n13,1\n', { time: 't' });
    expect([...(timesUs ?? [])]).toEqual([0, 500_000, 3_000_000]);
    expect(lengthUs).toBe(4_500_000);
  });
});
