import { fileURLToPath } from 'node:url';
import type { Params } from '../../src/models/model.ts';
import { models } from '../../src/models/registry.ts';
import { defaultParams, describeModel } from '../contracts/model.ts';
import { everyGenerator } from './every-generator.ts';

/** Parameters of the models that have no readings without any. */
const usual: Record<string, Params> = { fields: everyGenerator };

const recordings = fileURLToPath(new URL('../fixtures/recordings/', import.meta.url));
for (const model of Object.values(models)) {
  if (model.load === undefined) continue;
  const loaded = await model.load({ ...defaultParams(model), file: 'boiler.csv', time: 'time' }, recordings);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  usual[model.name] = loaded.params;
}

for (const model of Object.values(models)) describeModel(model, usual[model.name]);
