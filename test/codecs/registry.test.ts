import { codecs } from '../../src/codecs/registry.ts';
import { describeCodec } from '../contracts/codec.ts';

for (const codec of Object.values(codecs)) describeCodec(codec);
