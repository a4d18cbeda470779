import type { Clock } from '../../core/clock.ts';
import { BridgeLog } from './bridge-log.ts';
import type { BridgeCounts, BridgePlan } from './bridge-plan.ts';
import { Forwarder } from './forwarder.ts';
import { openKafkaSide } from './kafka-side.ts';
import { type MqttSide, openMqttSide } from './mqtt-side.ts';

/** A bridge that runs in this process. */
export interface LocalBridge {
  counts(): BridgeCounts;
  /** Takes nothing more, brings what came to its end, ends the log. */
  stop(): Promise<BridgeCounts>;
}

export interface BridgeHearers {
  clock: Clock;
  /** Something happened that a user may want to know. */
  notice(text: string): void;
  /** It forwards nothing any more. */
  failed(error: Error): void;
}

/** How long it may take to bring to its end what came. */
const DRAIN_MS = 5_000;
const FAREWELL_MS = 2_000;

/**
 * Connects both sides, Kafka's first, and forwards from then on.
 * @throws IotloadError `target-unreachable`, `target-refused`, `file-unwritable`
 */
export async function openBridge(plan: BridgePlan, { clock, notice, failed }: BridgeHearers): Promise<LocalBridge> {
  const log = plan.log === null ? null : new BridgeLog(plan.log);
  const kafka = await openKafkaSide(plan);
  let reader: MqttSide | null = null;
  const forwarder = new Forwarder({
    clock,
    plan,
    send: (records) => kafka.send(records),
    keep: (done) => log?.keep(done) ?? true,
    room: () => reader?.resume(),
    failed,
  });
  const counts = (): BridgeCounts => ({ ...forwarder.counts, redelivered: reader?.redelivered ?? 0 });
  /** Resolves after a while at the latest: KafkaJS waits for a broker that is gone. */
  const closeKafka = (): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(FAREWELL_MS, resolve);
      void kafka.close().finally(() => {
        cancel();
        resolve();
      });
    });
  try {
    const take = forwarder.take.bind(forwarder);
    reader = await openMqttSide({ clock, plan, take, isFull: () => forwarder.isFull, notice });
  } catch (error) {
    forwarder.stop();
    await closeKafka();
    throw error;
  }
  const opened = reader;
  return {
    counts,
    async stop() {
      await opened.unsubscribe();
      await forwarder.drain(DRAIN_MS);
      forwarder.stop();
      await Promise.all([opened.close(), closeKafka()]);
      const final = counts();
      log?.end(final);
      return final;
    },
  };
}
