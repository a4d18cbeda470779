import { describe, expect, it } from 'vitest';
import { columns } from '../../src/report/columns.ts';

describe('columns', () => {
  it('align, and wrap the last cell under itself', () => {
    const rows = [
      ['a', 'one', 'short'],
      ['long name', 'x', 'these words are too many for what is left of the line'],
    ];
    expect(columns(rows, { width: 44 })).toBe(
      'a          one  short\nlong name  x    these words are too many for\n                what is left of the line\n',
    );
  });

  it('may stand on the right', () => {
    expect(
      columns(
        [
          ['fleet', 'n', 'm'],
          ['a', '1,000', 'b'],
        ],
        { right: [1] },
      ),
    ).toBe('fleet      n  m\na      1,000  b\n');
  });

  it('take rows of unequal length, and none', () => {
    expect(columns([['only'], ['a', 'b']])).toBe('only\na  b\n');
    expect(columns([])).toBe('');
  });
});
