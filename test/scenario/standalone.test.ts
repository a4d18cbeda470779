import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planDigest } from '../../src/plan/plan-digest.ts';
import { standaloneTree, treeText } from '../../src/scenario/standalone.ts';
import { plainOf } from '../../src/scenario/tree.ts';
import { fixture, planned } from '../plan/request.ts';

const good = new URL('../fixtures/scenarios/good/', import.meta.url);
const folder = good.pathname;
const env = { MQTT_PASSWORD: 'x', KAFKA_PASSWORD: 'x', PASSWORD: 'x' };

describe('treeText', () => {
  it.each(readdirSync(good).filter((name) => name.endsWith('.yaml')))('%s is the same plan', async (name) => {
    const { text, file } = fixture(name);
    const request = { text, file, folder, env };
    const again = { ...request, text: treeText(standaloneTree(text, null)) };
    expect(planDigest((await planned(again)).plan)).toBe(planDigest((await planned(request)).plan));
  });

  it('keeps which references are quoted, and numbers that are texts', () => {
    const text =
      'a: ${N}\nb: "${N}"\nc: "12"\nd: 12\ne: \'null\'\nf: null\n"7": |\n  two\n  lines\ng: [ "<device>", { h: no } ]\n';
    const written = treeText(standaloneTree(text, null));
    expect(written).toContain('a: ${N}\nb: "${N}"\nc: "12"\nd: 12\ne: "null"\nf: null\n"7":');
    expect(plainOf(standaloneTree(written, null))).toEqual(plainOf(standaloneTree(text, null)));
  });
});

describe('standaloneTree', () => {
  const text = '# secret\na: { b: 1, c: 2 }\nenvironments: { x: { a: { b: 3, c: null } }, y: { d: 4 } }\n';

  it('lays one environment over, and forgets the others and what was commented', () => {
    expect(treeText(standaloneTree(text, 'x'))).toBe('a:\n  b: 3\n');
    expect(treeText(standaloneTree(text, null))).toBe('a:\n  b: 1\n  c: 2\n');
  });
});
