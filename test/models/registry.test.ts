import type { Params } from '../../src/models/model.ts';
import { models } from '../../src/models/registry.ts';
import { describeModel } from '../contracts/model.ts';
import { everyGenerator } from './every-generator.ts';

/** Parameters of the models that have no readings without any. */
const usual: Readonly<Record<string, Params>> = { fields: everyGenerator };

for (const model of Object.values(models)) describeModel(model, usual[model.name]);
