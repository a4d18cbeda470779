import { describe, expect, it } from 'vitest';
import { readYaml } from '../../src/scenario/read-yaml.ts';
import { literalSecrets, resolveReferences, variablesOf } from '../../src/scenario/references.ts';
import { plainOf, type Tree } from '../../src/scenario/tree.ts';

function resolve(text: string, env: Record<string, string>) {
  const tree = readYaml(text, null).tree as Tree;
  const diagnostics = resolveReferences(tree, env);
  return { value: plainOf(tree), messages: diagnostics.map(({ message, hint }) => `${message}; ${hint}`) };
}

describe('resolveReferences', () => {
  it.each<[string, unknown]>([
    ['a: ${N}', 7],
    ['a: "${N}"', '7'],
    ['a: x${N}y${N}', 'x7y7'],
    ['a: ${T}', true],
    ['a: ${E:-d}', 'd'],
    ['a: ${E}', null],
    ['a: ${NONE:-}', null],
    ['a: ${NONE:-1k/s}', '1k/s'],
    ['a: "${NONE:-mqtt://h:1}"', 'mqtt://h:1'],
    ['a: ${N:?why}', 7],
    ['a: ${R}', '${N}'],
    ['a: ${MAP}', '{ b: 1 }'],
    ['a: ${BIG}', '12345678901234567890'],
  ])('%s', (text, value) => {
    const env = { N: '7', T: 'true', E: '', R: '${N}', MAP: '{ b: 1 }', BIG: '12345678901234567890' };
    expect(resolve(text, env)).toEqual({ value: { a: value }, messages: [] });
  });

  it.each([
    ['a: ${NONE}', 'the environment variable NONE is not set; export NONE first'],
    ['a: ${NONE:?ask the admin}', 'the environment variable NONE is not set; ask the admin'],
    ['a: ${E:?ask the admin}', 'the environment variable E is not set; ask the admin'],
    ['a: ${toString}', 'the environment variable toString is not set; export toString first'],
    ['a: "${a b}"', '"${" starts no reference; write ${NAME}, ${NAME:-default} or ${NAME:?reason}'],
  ])('%s is a mistake', (text, message) => {
    expect(resolve(text, { E: '' }).messages).toEqual([message]);
  });

  it('leaves a secret a reference, and says when its variable is missing', () => {
    const text = 'target: { auth: { password: "${P:?export it}" } }';
    expect(resolve(text, { P: 'hunter2' })).toEqual({
      value: { target: { auth: { password: '${P:?export it}' } } },
      messages: [],
    });
    expect(resolve(text, {}).messages).toEqual(['the environment variable P is not set; export it']);
  });
});

describe('variablesOf', () => {
  it('names each variable once, optional where all its references have a default', () => {
    const tree = readYaml('a: ${B:-x}\nb: ["${A} ${B:-y}", { c: "${C:?why}${A:-}" }]\nd: $$ {X}\n', null).tree as Tree;
    expect(variablesOf(tree)).toEqual([
      { name: 'A', optional: false },
      { name: 'B', optional: true },
      { name: 'C', optional: false },
    ]);
  });
});

describe('literalSecrets', () => {
  it.each<[string, boolean]>([
    ['"${P}"', false],
    ['"${USER}${P:?export it}"', false],
    ['"${P:-}"', false],
    ['null', false],
    ['"${P:-hunter2}"', true],
    ['"hunter2${P}"', true],
    ['12345', true],
  ])('password: %s', (password, literal) => {
    const tree = readYaml(`target: { auth: { username: me, password: ${password} } }`, null).tree as Tree;
    expect(literalSecrets(tree)).toEqual(literal ? [['target', 'auth', 'password']] : []);
  });
});
