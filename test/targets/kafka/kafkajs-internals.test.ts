import { describe, expect, it } from 'vitest';
import { loadKafkaJs, missingParts } from '../../../src/targets/kafka/kafkajs-internals.ts';

describe('the parts of KafkaJS', () => {
  it('are all there in the version that is installed', () => {
    expect(missingParts(loadKafkaJs())).toEqual([]);
  });

  it.each([
    ['version', '2.3.0', 'version 2.2.4'],
    ['lookup', undefined, 'protocol/requests lookup'],
    ['createRequest', {}, 'protocol/request'],
    ['oauthRequest', null, 'protocol/sasl/oauthBearer/request'],
    ['requests', {}, 'protocol/requests.Metadata.protocol'],
    ['apiKeys', {}, 'protocol/requests/apiKeys.InitProducerId'],
    ['ConnectionPool', undefined, 'network/connectionPool'],
    ['Broker', undefined, 'broker'],
    ['Broker', class {}, 'broker.connect'],
    ['ConnectionPool', class {}, 'connection.requestQueue.destroy'],
    [
      'ConnectionPool',
      class {
        pool = [{ requestQueue: { destroy: () => {} } }];
      },
      'connection.sessionLifetime',
    ],
    [
      'ConnectionPool',
      class {
        constructor() {
          throw new Error('no');
        }
      },
      'a constructor that takes our options (no)',
    ],
  ])('are missed by name: %s', (part, value, name) => {
    expect(missingParts({ ...loadKafkaJs(), [part]: value } as never)).toContain(name);
  });

  it('are all missed where nothing is installed', () => {
    expect(missingParts({}).length).toBeGreaterThan(10);
  });
});
