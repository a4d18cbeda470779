import { expect, it } from 'vitest';
import { invalidArgument, invalidValue, KinesisError } from '../../../src/brokers/kinesis/kinesis-error.ts';

it('has the name, the text and the status that the answer shows', () => {
  expect(new KinesisError('InternalFailure', 'why', 500)).toMatchObject({
    name: 'InternalFailure',
    message: 'why',
    status: 500,
  });
  expect(invalidArgument('why')).toMatchObject({ name: 'InvalidArgumentException', message: 'why', status: 400 });
});

it('words a broken rule of the API’s model as the service does', () => {
  const { name, message } = invalidValue(
    'records.3.member.partitionKey',
    'Member must have length less than or equal to 256',
  );
  expect(name).toBe('ValidationException');
  expect(message).toBe(
    "1 validation error detected: Value at 'records.3.member.partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256",
  );
});
