import { startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { kinesisApiContract } from '../../contracts/kinesis-api.ts';

kinesisApiContract('the embedded broker', {
  cannot: {},
  async start() {
    const server = await startKinesisServer({ port: 0, clock: systemClock() });
    return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
  },
});
