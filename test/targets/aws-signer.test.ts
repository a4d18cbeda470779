import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsSigner, whoIsAsked } from '../../src/targets/aws-signer.ts';

const names = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE'] as const;

describe('credentials', () => {
  const before = names.map((name) => process.env[name]);
  beforeEach(() => {
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    for (const [i, name] of names.entries()) {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    }
  });

  it('are asked for by everything but what listens on this machine, which takes those of the environment', () => {
    for (const own of ['http://127.0.0.1:9000', 'http://localhost:4566', 'http://[::1]:1'])
      expect(whoIsAsked(own)).toBe('whoever is there');
    for (const other of ['aws', 'https://store.example.com']) expect(whoIsAsked(other)).toBe('somebody');
  });

  it('are anybody’s where nobody asks, and left to the SDK elsewhere', async () => {
    expect(await awsSigner(null, 'eu-central-1', 'nobody')).toHaveProperty('credentials');
    expect(await awsSigner(null, 'eu-central-1', 'whoever is there')).toHaveProperty('credentials');
    expect(await awsSigner(null, 'eu-central-1', 'somebody')).toEqual({});
    process.env['AWS_PROFILE'] = 'mine';
    expect(await awsSigner(null, 'eu-central-1', 'whoever is there')).toEqual({});
    expect(await awsSigner(null, 'eu-central-1', 'nobody')).toHaveProperty('credentials');
  });

  it('come from a profile, a role or a pool where the scenario says so', async () => {
    const role = 'arn:aws:iam::123456789012:role/lander';
    const pool = 'us-east-1:6f1c0000-0000-0000-0000-000000000000';
    for (const auth of [
      { kind: 'aws', profile: 'lake', role: null },
      { kind: 'aws', profile: null, role },
      { kind: 'cognito', pool },
    ] as const) {
      const { credentials } = await awsSigner(auth, 'eu-central-1', 'whoever is there');
      expect(typeof credentials).toBe('function');
    }
    expect(await awsSigner({ kind: 'aws', profile: null, role: null }, 'eu-central-1', 'nobody')).toEqual({});
  });
});
