import { describe, expect, it } from 'vitest';
import { askOnce } from '../../../src/targets/kafka/ask-once.ts';
import type { ConnectionEvents, KafkaCluster, KafkaConnection } from '../../../src/targets/kafka/cluster.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { ModelCluster } from './model-cluster.ts';

const broker = { id: 4, host: 'k4', port: 9092 };
const question = Uint8Array.of(1, 2, 3);

/** Asks a broker that reacts to what is written in its own way. */
async function ask(react: (events: ConnectionEvents) => void) {
  const clock = new VirtualClock(0);
  const written: Uint8Array[] = [];
  let destroyed = 0;
  const cluster = new ModelCluster(clock, 1) as KafkaCluster;
  cluster.connect = async (to, events): Promise<KafkaConnection> => ({
    broker: to,
    replaceByUs: null,
    unsentBytes: 0,
    write(pieces) {
      written.push(...pieces);
      react(events);
    },
    destroy() {
      destroyed++;
    },
  });
  let over = false;
  const answer = askOnce(cluster, clock, broker, question).finally(() => {
    over = true;
  });
  answer.catch(() => {});
  await clock.advance(60_000_000, () => over);
  // Whatever timers are left.
  const atUs = clock.nowUs();
  const ran = clock.ran;
  await clock.advance(120_000_000);
  return { answer, written, atUs, timersLeft: clock.ran - ran, destroyed: () => destroyed };
}

describe('askOnce', () => {
  it('resolves with a copy of the answer, and hangs up', async () => {
    const frame = Uint8Array.of(7, 8, 9);
    const asked = await ask(({ answered }) => {
      answered(frame);
      frame.fill(0);
    });
    expect(await asked.answer).toEqual(Uint8Array.of(7, 8, 9));
    expect([asked.written, asked.destroyed(), asked.timersLeft]).toEqual([[question], 1, 0]);
  });

  it('names the broker that closes the connection instead', async () => {
    const asked = await ask(({ closed }) => closed('connection reset'));
    await expect(asked.answer).rejects.toMatchObject({
      code: 'target-unreachable',
      message: 'broker 4 at k4:9092 did not say where its logs end: connection reset',
    });
    expect([asked.destroyed(), asked.timersLeft]).toEqual([1, 0]);
  });

  it('waits ten seconds for one that is silent, and hangs up', async () => {
    const asked = await ask(() => {});
    await expect(asked.answer).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('no answer within 10 s'),
    });
    expect([asked.atUs, asked.destroyed()]).toEqual([10_000_000, 1]);
  });

  it('rejects with what the cluster says where nobody can be connected to', async () => {
    const clock = new VirtualClock();
    const cluster = new ModelCluster(clock, 1);
    cluster.down.add(broker.id);
    const answer = askOnce(cluster, clock, broker, question);
    answer.catch(() => {});
    await clock.advance(60_000_000);
    await expect(answer).rejects.toThrow('broker 4 is down');
    expect(cluster.connections).toEqual([]);
  });
});
