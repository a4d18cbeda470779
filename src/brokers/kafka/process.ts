import { systemClock } from '../../core/clock.ts';
import { loadCrc32c } from '../../wire/kafka/crc32c.ts';
import { serveParent } from '../broker-process.ts';
import { faultPlanOf } from '../fault-knobs.ts';
import { startKafkaServer } from './server.ts';

await serveParent(async ({ port, faultSeed }, { listening, failed }) => {
  try {
    const harmful = faultSeed === null ? {} : { harmful: {} };
    const server = await startKafkaServer({ port, clock: systemClock(), crc32c: await loadCrc32c(), ...harmful });
    listening(server.port);
    return (faults) => server.setFaults(faultPlanOf(faults, faultSeed ?? 1));
  } catch (error) {
    failed(error as NodeJS.ErrnoException);
    return () => {};
  }
});
