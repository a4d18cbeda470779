import { expect, it } from 'vitest';
import { IDENTITY_HEADER } from '../../../src/wire/kafka/identity-header.ts';
import { IDENTITY_PROPERTY } from '../../../src/wire/mqtt5-publish.ts';

// Readers of other versions, and other programs, look for exactly these bytes.
it('the header of an event’s id has the name that stands in every topic written so far, and that of MQTT', () => {
  expect(Buffer.from(IDENTITY_HEADER).toString('hex')).toBe('696f746c6f61642d6964');
  expect(IDENTITY_PROPERTY).toBe(IDENTITY_HEADER);
});
