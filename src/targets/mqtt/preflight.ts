import { createServer } from 'node:net';
import { IotloadError } from '../../core/errors.ts';
import { type MachineLimits, machineLimits } from '../../core/machine-limits.ts';
import type { PreflightContext, TargetOptions } from '../target.ts';
import { parseEndpoint } from './endpoint.ts';
import { sinkIdentities } from './identities.ts';
import { laneMapOf } from './lane-map.ts';
import type { MqttOptions } from './options.ts';

/** Files that a process has besides connections: journals, libraries, the terminal, what comes in between. */
const SPARE_FILES = 64;
/** Pipes, event queues and sockets of a worker thread. */
const FILES_PER_WORKER = 16;

/**
 * Looks at what connecting needs before anything is connected: credentials of every device, local addresses, open files, local ports.
 * @throws IotloadError `target-unreachable` for a limit of this machine, saying what to raise and to what; `bad-scenario` or
 * `file-unreadable` for addresses and credentials
 */
export async function preflight(options: TargetOptions, context: PreflightContext): Promise<void> {
  const mqtt = options as unknown as MqttOptions;
  const map = laneMapOf(mqtt.connections, { ...context, part: context.shard });
  await sinkIdentities(mqtt, context, map);
  for (const address of mqtt.sourceAddresses) await checkLocal(address);
  const { host, port } = parseEndpoint(mqtt.endpoint);
  const question = {
    // Every worker has at least one connection of a pool.
    connections: mqtt.connections === 'per_device' ? map.lanes : Math.max(map.lanes, context.workers),
    readers: context.reads ? (mqtt.share ?? 1) : 0,
    workers: context.workers,
    addresses: mqtt.sourceAddresses.length,
    destination: `${host}:${port}`,
  };
  const problem = limitProblem(question, machineLimits());
  if (problem !== null) throw problem;
}

/** What a run asks of a machine. */
export interface LimitQuestion {
  connections: number;
  /** Connections for reading back, which another process of this machine opens. */
  readers: number;
  workers: number;
  /** Local addresses given; 0 leaves the choice to the system, which takes one. */
  addresses: number;
  destination: string;
}

/** The first limit that is too low, or null. */
export function limitProblem(question: LimitQuestion, limits: MachineLimits): IotloadError | null {
  const { connections, readers, workers, addresses, destination } = question;
  const { openFiles, localPorts } = limits;
  const refused = (message: string, hint: string): IotloadError =>
    new IotloadError('target-unreachable', message, { where: 'target.connections', value: `${connections}`, hint });
  if (openFiles !== null) {
    const needed = connections + openFiles.now + SPARE_FILES + workers * FILES_PER_WORKER;
    if (needed > openFiles.most) {
      return refused(
        `${connections} connections need ${needed} open files, and this process may have ${openFiles.most}`,
        `Raise the hard limit to ${needed} or more, such as: ulimit -n ${needed}; or spread the run over shards on several machines.`,
      );
    }
  }
  if (localPorts !== null) {
    const sources = Math.max(1, addresses);
    const needed = Math.ceil((connections + readers) / sources);
    if (needed > localPorts) {
      const enough = Math.ceil((connections + readers) / localPorts);
      return refused(
        `${connections + readers} connections to ${destination} from ${sources === 1 ? 'one local address' : `${sources} local addresses`} need ${needed} ports of each, and net.ipv4.ip_local_port_range has ${localPorts}`,
        `Give ${enough} addresses in source_addresses, or widen the range: sysctl -w net.ipv4.ip_local_port_range="1024 65535".`,
      );
    }
  }
  return null;
}

/** Rejects where the address is not one of this machine's. */
function checkLocal(address: string): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const hint = 'Only addresses of this machine can be connected from; `ip addr` lists them.';
      const details = { where: 'target.source_addresses', value: address, hint, cause };
      reject(new IotloadError('bad-scenario', `source_addresses: ${address} is no address of this machine`, details));
    });
    server.listen(0, address, () => server.close(() => resolve()));
  });
}
