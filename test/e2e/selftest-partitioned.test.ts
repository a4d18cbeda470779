import { expect } from 'vitest';
import { expectQuickSelfTest, type Verdicts } from './quick-selftest.ts';

const verdicts: Record<string, Verdicts> = {
  kafka: [
    ['clean', 'pass'],
    ['lose-ack', 'pass'],
    ['everything', 'fail'],
    ['generator-starved', 'inconclusive'],
    ['verifier-killed', expect.stringMatching(/inconclusive|pass/)],
  ],
  kinesis: [
    ['clean', 'pass'],
    ['lose-ack', 'pass'],
    ['everything', 'fail'],
    ['generator-starved', 'inconclusive'],
    ['verifier-killed', expect.stringMatching(/inconclusive|pass/)],
  ],
  'kafka-plain': [
    ['delay-bimodal', 'pass'],
    ['stall', 'pass'],
    ['lose-ack', 'pass'],
    ['everything', 'fail'],
  ],
};

for (const [protocol, expected] of Object.entries(verdicts)) expectQuickSelfTest(protocol, expected);
