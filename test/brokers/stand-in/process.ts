import { serveParent } from '../../../src/brokers/broker-process.ts';
import { Port, toldPort } from './ports.ts';

const errors: Readonly<Record<number, { code?: string; message: string }>> = {
  [Port.taken]: { code: 'EADDRINUSE', message: 'address in use' },
  [Port.forbidden]: { code: 'EACCES', message: 'permission denied' },
  [Port.broken]: { message: 'something else' },
};

const port = Number(process.argv[2]);
await serveParent(
  async (args, { listening, failed }) => {
    const error = errors[port];
    if (error !== undefined) failed(Object.assign(new Error(error.message), error));
    else if (port === Port.ends) process.exit(7);
    else if (port === Port.killed) process.kill(process.pid, 'SIGKILL');
    else listening(toldPort(args.port, args.faultSeed));
    // What harm it is to do, it says as a port, and a reset is its end.
    return ({ delayUs = 0, resets }) => (resets === undefined ? listening(delayUs) : process.exit(1));
  },
  () => port === Port.endsWith42 && process.exit(42),
);
