import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readyPlan } from '../../src/events/ready-plan.ts';
import { models } from '../../src/models/registry.ts';
import { loadPlan, type PlanOutcome, type PlanRequest } from '../../src/plan/load-plan.ts';
import { planDigest } from '../../src/plan/plan-digest.ts';
import { noEvidence } from '../../src/report/evidence.ts';
import { reportFormatNamed } from '../../src/report/registry.ts';
import { renderDiagnostics } from '../../src/scenario/diagnostics.ts';
import { loadPlugin } from '../../src/scenario/load-plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'iotload-plugins-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
let model = '';
let file = '';
beforeEach(() => {
  count++;
  model = `plugged-${count}`;
  file = join(folder, `${count}.mjs`);
});

// What plugins brought into the registries goes with the modules: other files get them anew.
afterAll(() => vi.resetModules());

/** A model that is one, as source text; `changes` are members that replace its own. */
function definition(changes = ''): string {
  return `{ name: '${model}', doc: 'A device of a test.', params: {}, readings: { one: { doc: 'One.', unit: '', decimals: 0, min: 0, max: 9 } },
    payloads: { all: { doc: 'All.', codec: 'json', fields: { one: '<one>' }, identity: 'fields' } }, maxSamplingDelayUs: 1,
    create: () => ({ sampledAt: (s, n, t) => t, sample: (s, n, t, out, at) => { out[at] = 1; } }), ${changes} }`;
}

function scenario(plugins: string, name = model): string {
  return `iotload: 1
plugins: ${plugins}
fleets: { f: { model: ${name}, devices: 3, every: 1s, payload: all } }
target: { protocol: file }
`;
}

function load(text: string, more: Partial<PlanRequest> = {}): Promise<PlanOutcome> {
  return loadPlan({ text, file: join(folder, 'it.yaml'), env: {}, set: [], allow: [], ...more });
}

/** The first line that a user reads. */
async function firstMistake(text: string, more: Partial<PlanRequest> = {}): Promise<string> {
  const outcome = await load(text, more);
  return outcome.ok ? 'none' : (renderDiagnostics(outcome.diagnostics, text, 'it.yaml').split('\n')[0] as string);
}

describe('plugins', () => {
  it('bring a model, which the plan then names with the digest of its code', async () => {
    writeFileSync(file, `export const models = [${definition()}];`);
    const outcome = await load(scenario(`[./${count}.mjs]`));
    expect(outcome.ok ? outcome.plan.fleets[0]?.model : outcome.diagnostics).toBe(model);
    expect(outcome.ok && outcome.plan.plugins).toEqual([{ file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(Object.hasOwn(models, model)).toBe(true);
  });

  it('bring a report, and may be a function of the kit', async () => {
    writeFileSync(
      file,
      `export default ({ draw, normal }) => ({ reports: [{ name: '${model}', extension: 'txt', render: () => [String(normal(draw(1, 2, 3, 4)))] }] });`,
    );
    await loadPlugin(file, null);
    const pieces = [...(reportFormatNamed(model)?.render({} as never, noEvidence) ?? [])];
    expect(Number(pieces.join(''))).not.toBeNaN();
    expect(reportFormatNamed('nothing')).toBeUndefined();
    expect(reportFormatNamed('json')?.name).toBe('json');
  });

  it('decide the digest by their code and not by their place', async () => {
    const digests: string[] = [];
    for (const text of ['', '', '// other']) {
      const path = join(folder, `${model}-${digests.length}.mjs`);
      writeFileSync(path, `export const models = [${definition()}];${text}`);
      const outcome = await load(scenario(`[./${model}-${digests.length}.mjs]`));
      digests.push(outcome.ok ? planDigest(outcome.plan) : 'mistakes');
      delete (models as Record<string, unknown>)[model];
    }
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it('are refused where they have changed since the plan was made', async () => {
    writeFileSync(file, `export const models = [${definition()}];`);
    const outcome = await load(scenario(`[./${count}.mjs]`));
    if (!outcome.ok) throw new Error('mistakes');
    await expect(readyPlan(outcome.plan)).resolves.toBeUndefined();
    writeFileSync(file, `export const models = [${definition()}]; // changed`);
    await expect(readyPlan(outcome.plan)).rejects.toMatchObject({
      code: 'bad-scenario',
      message: expect.stringContaining('has changed'),
    });
    rmSync(file);
    await expect(readyPlan(outcome.plan)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('that have changed are loaded anew for a new plan', async () => {
    for (const doc of ['First.', 'Second.']) {
      writeFileSync(file, `export const models = [${definition(`doc: '${doc}'`)}];`);
      await load(scenario(`[./${count}.mjs]`));
      expect(models[model]?.doc).toBe(doc);
    }
  });

  it.each<[string, string, string]>([
    ['throws', "throw new Error('no sensor')", 'the plugin cannot be loaded: no sensor'],
    ['throws a text', "throw 'why'", 'the plugin cannot be loaded: why'],
    ['is no JavaScript', 'export const = 1', 'the plugin cannot be loaded: '],
    [
      'imports what is not there',
      "import 'no-such-package-at-all'",
      "the plugin cannot be loaded: Cannot find package 'no-such",
    ],
    ['brings nothing', 'export const modls = []', 'the plugin cannot be used: it brings nothing'],
    ['has no list', 'export const models = 5', 'the plugin cannot be used: models is no list of definitions'],
    ['has a list of numbers', 'export const models = [5]', 'the plugin cannot be used: a model is no object'],
    ['has a nameless model', 'export const models = [{}]', 'the plugin cannot be used: a model has the name undefined'],
    [
      'has a name no scenario can write',
      'export const models = [{ name: "A b" }]',
      'the plugin cannot be used: a model has the name "A b"',
    ],
    [
      'takes a name',
      'export const models = [{ ...MODEL, name: "phone-motion" }]',
      'the plugin cannot be used: there is a model "phone-motion" already',
    ],
    ['brings one twice', 'export const models = [MODEL, MODEL]', 'the plugin cannot be used: it brings "NAME" twice'],
    [
      'has no create',
      'export const models = [{ ...MODEL, create: 1 }]',
      'the plugin cannot be used: a model: NAME.create is no function',
    ],
    [
      'has a reading without a bound',
      'export const models = [{ ...MODEL, readings: { one: { doc: "x", decimals: 1, min: 0 } } }]',
      'the plugin cannot be used: a model: NAME.readings.one.max is no number',
    ],
    [
      'has a parameter of no type',
      'export const models = [{ ...MODEL, params: { p: { doc: "x", default: 1 } } }]',
      'the plugin cannot be used: a model: NAME.params.p.type is none of',
    ],
    [
      'has half a target',
      'export const targets = [{ name: "void", doc: "x" }]',
      'the plugin cannot be used: a target: void.traits is no function',
    ],
    [
      'has half a codec',
      'export const codecs = { x: { name: "x", doc: "x" } }',
      'the plugin cannot be used: a codec: x.layout is no function',
    ],
  ])('say at their line what is wrong with one that %s', async (_, text, expected) => {
    writeFileSync(file, text.replaceAll('MODEL', definition()));
    const mistake = await firstMistake(scenario(`[./${count}.mjs]`, 'phone-motion'));
    const start = `it.yaml:2:11: error: ${expected.replace('NAME', model)}`;
    expect(mistake.slice(0, start.length)).toBe(start);
  });

  it('are told to be missing, or no path of a module', async () => {
    expect(await firstMistake(scenario('[./none.mjs]'))).toBe('it.yaml:2:11: error: the plugin cannot be read');
    expect(await firstMistake(scenario('[mine]'))).toBe('it.yaml:2:11: error: "mine" is no path of a module');
    expect(await firstMistake(scenario('mine.mjs'))).toBe('it.yaml:2:10: error: expected a list, found "mine.mjs"');
  });

  it('come from the file alone, because they run code', async () => {
    writeFileSync(file, `globalThis.ran = true; export const models = [${definition()}];`);
    const text = scenario('[]', 'phone-motion').replace('all', 'raw');
    const flags = { set: [`plugins=[${file}]`] };
    expect(await firstMistake(text, flags)).toBe(
      '--set plugins: error: a plugin runs code, so only the file itself can name one',
    );
    const variable = text.replace('[]', '[ "${PLUGIN}" ]');
    expect(await firstMistake(variable, { env: { PLUGIN: file } })).toContain('only the file itself can name one');
    expect('ran' in globalThis).toBe(false);
  });

  it('correct a misspelt model of theirs', async () => {
    writeFileSync(file, `export const models = [${definition()}];`);
    expect(await firstMistake(scenario(`[./${count}.mjs]`, model.replace('u', 'uu')))).toContain(
      `did you mean "${model}"?`,
    );
  });
});
