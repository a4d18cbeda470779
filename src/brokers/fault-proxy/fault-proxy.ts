import { type AddressInfo, connect, createServer } from 'node:net';
import type { Clock, Micros } from '../../core/clock.ts';
import { FaultChooser, type FaultPlan, type FaultRecord } from './fault-plan.ts';
import { ProxyConnection, type ProxyState } from './proxy-connection.ts';

/** Faults beyond this are not done, so that the log stays complete. */
const MAX_RECORDS = 500_000;

export interface FaultProxyOptions {
  upstream: { host: string; port: number };
  faults: FaultPlan;
  clock: Clock;
}

/** An MQTT proxy on a free port of 127.0.0.1 that does harm on purpose, and says exactly what it did. */
export interface FaultProxy {
  readonly port: number;
  /** `mqtt://127.0.0.1:port` */
  readonly endpoint: string;
  /** Every fault done to a PUBLISH, in order. */
  readonly log: readonly FaultRecord[];
  /** Stalls that have begun; `toUs` is null while one lasts. */
  readonly stalls: readonly { fromUs: Micros; toUs: Micros | null }[];
  /** PUBLISHes seen, without readiness markers. */
  readonly publishes: number;
  /** From now on these faults instead; a stall under way ends. */
  setFaults(faults: FaultPlan): void;
  /** Resets every connection; new ones are welcome. */
  cut(): void;
  close(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { clock, upstream } = options;
  const log: FaultRecord[] = [];
  const stalls: { fromUs: Micros; toUs: Micros | null }[] = [];
  const connections = new Set<ProxyConnection>();
  let cancelStall = (): void => {};
  const state: ProxyState = {
    clock,
    plan: options.faults,
    chooser: new FaultChooser(options.faults),
    stalled: false,
    nextOrdinal: 0,
    mayRecord: () => log.length < MAX_RECORDS,
    record: (record) => void log.push(record),
  };
  const stall = (on: boolean): void => {
    if (state.stalled === on) return;
    state.stalled = on;
    if (on) stalls.push({ fromUs: clock.nowUs(), toUs: null });
    else Object.assign(stalls[stalls.length - 1] as object, { toUs: clock.nowUs() });
    for (const connection of connections) connection.stallChanged();
  };
  const setFaults = (faults: FaultPlan): void => {
    cancelStall();
    stall(false);
    state.plan = faults;
    state.chooser = new FaultChooser(faults);
    if (faults.stall !== undefined) cancelStall = repeatStall(clock, faults.stall, stall);
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
    stalls,
    get publishes() {
      return state.nextOrdinal;
    },
    setFaults,
    cut,
    close() {
      cancelStall();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      cut();
      return closed;
    },
  };
}

/** Switches stalls on and off at multiples of the period, which do not drift; returns how to stop that. */
function repeatStall(clock: Clock, plan: NonNullable<FaultPlan['stall']>, stall: (on: boolean) => void): () => void {
  const firstUs = clock.nowUs() + (plan.firstAfterMs ?? plan.everyMs - plan.forMs) * 1000;
  let cancel = (): void => {};
  const at = (timeUs: Micros, task: () => void): void => {
    cancel = clock.after(Math.max(0, timeUs - clock.nowUs()) / 1000, task);
  };
  const begin = (turn: number): void => {
    const beginUs = firstUs + turn * plan.everyMs * 1000;
    at(beginUs, () => {
      stall(true);
      at(beginUs + plan.forMs * 1000, () => {
        stall(false);
        begin(turn + 1);
      });
    });
  };
  begin(0);
  return () => cancel();
}
