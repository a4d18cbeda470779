import { describe, expect, it } from 'vitest';
import { revealSecrets } from '../../src/core/secrets.ts';

describe('revealSecrets', () => {
  const env = { A: 'one', EMPTY: '', NESTED: '${A}' };

  it('fills in all three forms', () => {
    expect(revealSecrets('<${A}> ${B:-two} ${A:?why}', env)).toBe('<one> two one');
    expect(revealSecrets('${EMPTY} ${EMPTY:-x}', env)).toBe(' x');
    expect(revealSecrets('plain $A {A}', env)).toBe('plain $A {A}');
  });

  it('is not recursive', () => {
    expect(revealSecrets('${NESTED}', env)).toBe('${A}');
  });

  it('names a missing variable and passes the reason on', () => {
    expect(() => revealSecrets('${GONE}', env)).toThrow(/GONE is not set/);
    expect(() => revealSecrets('${GONE:?ask ops}', env)).toThrow(expect.objectContaining({ hint: 'ask ops' }));
    expect(() => revealSecrets('${EMPTY:?ask ops}', env)).toThrow(/EMPTY/);
  });
});
