import { systemClock } from '../../core/clock.ts';
import { loadCrc32c } from '../../wire/kafka/crc32c.ts';
import { serveParent } from '../broker-process.ts';
import { startKafkaServer } from './server.ts';

await serveParent(async ({ port }, { listening, failed }) => {
  try {
    const server = await startKafkaServer({ port, clock: systemClock(), crc32c: await loadCrc32c() });
    listening(server.port);
  } catch (error) {
    failed(error as NodeJS.ErrnoException);
  }
  return () => {};
});
