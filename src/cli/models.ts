import { IotloadError } from '../core/errors.ts';
import type { DeviceModel, FreeParams, ParamSpec, ReadingSpecs } from '../models/model.ts';
import { columns } from '../report/columns.ts';
import { defineCommand } from './command.ts';

/** Names of a reading that a page shows. */
const MOST_NAMES = 8;

/** `iotload models`: what devices there are, and what each can be told and reports. */
export const modelsCommand = defineCommand({
  command: 'models [name]',
  exits: ['0', '2'],
  builder: (parser) =>
    parser
      .positional('name', { type: 'string', describe: 'a model, to see its parameters, readings and payloads' })
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' })
      .example('$0 models', 'all models')
      .example('$0 models phone-motion', 'parameters, readings and example payloads of one'),
  async handler({ name, json }) {
    const { models } = await import('../models/registry.ts');
    const chosen = name === undefined ? Object.values(models) : [await modelNamed(models, name)];
    if (json) {
      const told = name === undefined ? chosen.map(({ name, doc }) => ({ name, doc })) : await described(chosen);
      process.stdout.write(`${JSON.stringify(name === undefined ? told : told[0], null, 2)}\n`);
    } else if (name === undefined) {
      process.stdout.write(columns(chosen.map((model) => [`  ${model.name}`, model.doc])));
      process.stdout.write('\niotload models NAME tells parameters, readings and payloads.\n');
    } else process.stdout.write(await page(chosen[0] as DeviceModel));
    return 0;
  },
});

async function modelNamed(models: Readonly<Record<string, DeviceModel>>, name: string): Promise<DeviceModel> {
  const model = Object.hasOwn(models, name) ? models[name] : undefined;
  if (model !== undefined) return model;
  const { closestName } = await import('../core/closest-name.ts');
  const names = Object.keys(models);
  const near = closestName(name, names);
  throw new IotloadError('bad-arguments', 'there is no such model', {
    where: 'NAME',
    value: name,
    hint: near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`,
  });
}

/** Everything about models that is data, with one payload of each profile. */
async function described(chosen: readonly DeviceModel[]): Promise<object[]> {
  const { examplePayload } = await import('../runner/example-payload.ts');
  return Promise.all(
    chosen.map(async ({ name, doc, params, freeParams, readings, labels = {}, payloads }) => {
      const examples = await Promise.all(
        Object.entries(payloads).map(async ([profile, { doc: about, codec, identity }]) => {
          return [profile, { doc: about, codec, identity, example: await examplePayload(name, profile) }] as const;
        }),
      );
      return {
        name,
        doc,
        params,
        freeParams: freeParams?.forms ?? [],
        readings,
        labels,
        payloads: Object.fromEntries(examples),
      };
    }),
  );
}

async function page({ name, doc, params, freeParams, readings, labels = {}, payloads }: DeviceModel): Promise<string> {
  const { examplePayload } = await import('../runner/example-payload.ts');
  let text = columns([[`${name}:`, doc]]);
  text += section('params', 'name, default, range', paramRows(params));
  if (freeParams !== undefined) text += section('params', 'under names of your own', formRows(freeParams));
  text += section(
    'readings',
    'what a payload field may hold, as <name> or <name:2> for decimals',
    readingRows(readings),
  );
  text += section('labels', 'ground truth, for payload fields too', readingRows(labels));
  if (Object.keys(payloads).length > 0) text += '\npayloads: ready-made, as payload: NAME\n';
  for (const [profile, about] of Object.entries(payloads)) {
    text += columns([[`  ${profile}`, `${about.doc} ${about.codec}, identity ${about.identity}`]]);
    text += `  ${await examplePayload(name, profile)}\n`;
  }
  return text;
}

function section(title: string, about: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${title}: ${about}\n${columns(rows)}`;
}

function paramRows(params: DeviceModel['params']): string[][] {
  return Object.entries(params).map(([name, spec]) => {
    return [`  ${name}`, spec.default === null ? 'required' : `${spec.default}`, rangeOf(spec), spec.doc];
  });
}

function rangeOf(spec: ParamSpec): string {
  switch (spec.type) {
    case 'choice':
      return spec.choices.join(' | ');
    case 'flag':
      return 'true | false';
    case 'text':
      return 'text';
    case 'fleet':
      return `a fleet of model ${spec.model}`;
    case 'texts':
      return 'list of texts';
    case 'number':
      return `${spec.min ?? '…'} to ${spec.max ?? '…'}${spec.unit === undefined ? '' : ` ${spec.unit}`}`;
  }
}

function formRows({ doc, forms }: FreeParams): string[][] {
  return [[`  ${doc}`], ...forms.map(({ example, doc: about }) => [`  ${example}`, about])];
}

function readingRows(readings: ReadingSpecs): string[][] {
  return Object.entries(readings).map(([name, { doc, unit, min, max, names, flag, optional }]) => {
    const numbers = flag === true ? 'true | false' : `${short(min)} to ${short(max)}${unit === '' ? '' : ` ${unit}`}`;
    const range = names === undefined ? numbers : listed(names);
    return [`  ${name}`, optional === true ? `${range}, or none` : range, doc];
  });
}

/** Where there are too many names, the first ones and their number. */
function listed(names: readonly string[]): string {
  const isLong = names.length > MOST_NAMES;
  const shown = (isLong ? names.slice(0, 2) : names).map((name) => (name === '' ? '""' : name));
  return `${shown.join(' | ')}${isLong ? ` | … (${names.length})` : ''}`;
}

function short(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}
