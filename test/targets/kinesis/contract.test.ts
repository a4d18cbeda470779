import { startKinesisServer } from '../../../src/brokers/kinesis/server.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { kinesisTargetContract } from '../../contracts/kinesis-target.ts';

async function started(limits: boolean) {
  const server = await startKinesisServer({ port: 0, clock: systemClock(), limits });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.close() };
}

kinesisTargetContract('the embedded broker', {
  cannot: {},
  start: () => started(false),
  startLimited: () => started(true),
});
