import { describe, expect, it } from 'vitest';
import { auth, authPlan } from '../../../src/targets/kafka/auth-options.ts';

/** What is wrong with a block, `[key: ]message`. */
function mistakes(block: unknown): string[] {
  const { error } = auth.safeParse(block);
  return (error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}

const me = { username: 'me', password: '${NAME}' };

describe('auth', () => {
  it('is no login unless it is written, and plain unless it says otherwise', () => {
    expect(authPlan(auth.parse(undefined))).toBeNull();
    expect(authPlan(auth.parse(null))).toBeNull();
    expect(authPlan(auth.parse(me))).toEqual({ kind: 'plain', ...me });
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('%s is by user name and password', (kind) => {
    expect(authPlan(auth.parse({ kind, ...me }))).toEqual({ kind, ...me });
    expect(mistakes({ kind })).toEqual([`${kind} needs a username`, `${kind} needs a password`]);
    expect(mistakes({ kind, ...me, token: 't' })).toEqual([`token: ${kind} has a password instead of a token`]);
  });

  it('oauthbearer is by token', () => {
    const kind = 'oauthbearer';
    expect(authPlan(auth.parse({ kind, token: '${NAME}' }))).toEqual({ kind, token: '${NAME}' });
    expect(mistakes({ kind })).toEqual(['oauthbearer needs a token']);
    expect(mistakes({ kind, token: 't', ...me })).toEqual([
      'username: the token says who logs in',
      'password: oauthbearer has a token instead of a password',
    ]);
  });

  it('may have an empty password, and no empty name, other kind or other key', () => {
    expect(mistakes({ username: 'me', password: '' })).toEqual([]);
    expect(mistakes({ username: '', password: '' })).toHaveLength(1);
    expect(mistakes({ kind: 'gssapi', ...me })).toHaveLength(1);
    expect(mistakes({ ...me, user: 'me' })).toHaveLength(1);
  });
});
