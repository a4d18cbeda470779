import { type AddressInfo, connect, createServer } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import { type StallRecord, Stalls } from '../../stalls.ts';
import { chooserOf, type FaultPlan, type FaultRecord } from './fault-plan.ts';
import { LateDeliveries } from './late-deliveries.ts';
import { ProxyConnection } from './proxy-connection.ts';
import type { Answered, ProxyState } from './proxy-state.ts';

/** Faults beyond this are not done, so that the log stays complete. */
const MAX_RECORDS = 500_000;

export interface FaultProxyOptions<Kept = Buffer> {
  upstream: { host: string; port: number };
  faults: FaultPlan;
  clock: Clock;
  /** What the log keeps of the payload of a PUBLISH that was harmed; by default all of it. */
  keep?: (payload: Buffer) => Kept;
  /** false: nobody will ask what was done, so that no log is kept, and none can be full. */
  remembers?: boolean;
  /** The broker speaks MQTT 3.1.1 only, and clients of MQTT 5 are to be served all the same; without last will and user properties. */
  translates?: boolean;
}

/** An MQTT proxy on a free port of 127.0.0.1 that does harm on purpose, and says exactly what it did. */
export interface FaultProxy<Kept = Buffer> {
  readonly port: number;
  /** `mqtt://127.0.0.1:port` */
  readonly endpoint: string;
  /** Every fault done to a PUBLISH, in order. */
  readonly log: readonly FaultRecord<Kept>[];
  /** Acknowledgements that `holdAcks` was to hold, in the order in which they went. */
  readonly answers: readonly Answered<Kept>[];
  /** Messages of its own that it has published, see `foreign`. */
  readonly foreign: number;
  /** Stalls that have begun; `toUs` is null while one lasts. */
  readonly stalls: readonly StallRecord[];
  /** PUBLISHes seen, without readiness markers. */
  readonly publishes: number;
  /** PUBLISHes passed on to the broker, copies among them, without readiness markers. */
  readonly passed: number;
  /** From now on these faults instead; a stall under way ends. */
  setFaults(faults: FaultPlan): void;
  /** Resets every connection; new ones are welcome. */
  cut(): void;
  close(): Promise<void>;
}

export async function startFaultProxy<Kept = Buffer>(options: FaultProxyOptions<Kept>): Promise<FaultProxy<Kept>> {
  const { clock, upstream, translates = false, remembers = true, keep = (payload) => payload as Kept } = options;
  const log: FaultRecord<Kept>[] = [];
  const answers: Answered<Kept>[] = [];
  const connections = new Set<ProxyConnection>();
  const state: ProxyState = {
    clock,
    plan: options.faults,
    chooser: chooserOf(options.faults),
    translates,
    stalled: false,
    nextOrdinal: 0,
    passed: 0,
    foreign: 0,
    late: new LateDeliveries(
      clock,
      () => connect({ ...upstream, noDelay: true }),
      () => void state.passed++,
    ),
    mayRecord: () => log.length < MAX_RECORDS,
    record: (record) => {
      const entry = { ...record, payload: keep(record.payload) };
      if (remembers) log.push(entry);
      return entry;
    },
    answered: ({ payload, cameUs, atUs }) => {
      if (remembers && answers.length < MAX_RECORDS) answers.push({ payload: keep(payload), cameUs, atUs });
    },
  };
  const stalls = new Stalls(clock, (on) => {
    state.stalled = on;
    for (const connection of connections) connection.stallChanged();
  });
  const setFaults = (faults: FaultPlan): void => {
    stalls.set(undefined);
    state.plan = faults;
    state.chooser = chooserOf(faults);
    stalls.set(faults.stall);
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const broker = connect({ ...upstream, noDelay: true, allowHalfOpen: true });
    const connection = new ProxyConnection(state, client, broker);
    connections.add(connection);
    client.on('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  setFaults(options.faults);
  const cut = (): void => {
    for (const connection of connections) connection.cut();
  };
  return {
    port,
    endpoint: `mqtt://127.0.0.1:${port}`,
    log,
    answers,
    stalls: stalls.log,
    get foreign() {
      return state.foreign;
    },
    get publishes() {
      return state.nextOrdinal;
    },
    get passed() {
      return state.passed;
    },
    setFaults,
    cut,
    close() {
      stalls.stop();
      state.late.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      cut();
      return closed;
    },
  };
}
