import { systemClock } from '../../core/clock.ts';
import { serveParent } from '../broker-process.ts';
import { startKinesisServer } from './server.ts';

await serveParent(async ({ port }, { listening, failed }) => {
  try {
    const server = await startKinesisServer({ port, clock: systemClock() });
    listening(server.port);
  } catch (error) {
    failed(error as NodeJS.ErrnoException);
  }
  return () => {};
});
