import { expect, it } from 'vitest';
import { awsRefusals } from '../../src/targets/aws-refusals.ts';
import { s3Failure } from '../../src/targets/file/places/s3-failure.ts';
import { callError } from '../../src/targets/kinesis/call-errors.ts';

it('are the same for every service: a word for outcomes, and what to do', () => {
  for (const [name, { reason, hint }] of Object.entries(awsRefusals)) {
    const error = Object.assign(new Error('said'), { name });
    expect(callError(error)).toMatchObject({ failure: 'refused', reason });
    expect(s3Failure(error)).toMatchObject({ kind: 'refused', message: reason, hint });
    expect(hint).toMatch(/^[A-Z].*\.$/);
  }
});

it.each(['constructor', 'toString', '__proto__'])('take no error that calls itself %s for one of theirs', (name) => {
  const error = Object.assign(new Error('said'), { name, $metadata: { httpStatusCode: 400 } });
  expect(callError(error)).toMatchObject({ failure: 'refused', reason: 'refused' });
  expect(s3Failure(error)).toMatchObject({ kind: 'refused', message: 'refused' });
});
