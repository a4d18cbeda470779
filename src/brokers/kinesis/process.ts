import { systemClock } from '../../core/clock.ts';
import { serveParent } from '../broker-process.ts';
import { faultPlanOf } from '../fault-knobs.ts';
import { startKinesisServer } from './server.ts';

await serveParent(async ({ port, faultSeed, unlimited }, { listening, failed }) => {
  try {
    const harmful = faultSeed === null ? {} : { harmful: {} };
    const server = await startKinesisServer({ port, clock: systemClock(), limits: !unlimited, ...harmful });
    listening(server.port);
    return (faults) => server.setFaults(faultPlanOf(faults, faultSeed ?? 1));
  } catch (error) {
    failed(error as NodeJS.ErrnoException);
    return () => {};
  }
});
