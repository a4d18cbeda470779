import { models } from '../../src/models/registry.ts';
import { describeModel } from '../contracts/model.ts';

for (const model of Object.values(models)) describeModel(model);
