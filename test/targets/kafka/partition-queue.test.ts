import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../src/wire/kafka/error-codes.ts';
import { eventOf, numberOf, QueueBench, slotsOf } from './queue-bench.ts';

const { outOfOrderSequence, invalidProducerEpoch, unknownProducerId, duplicateSequence } = ErrorCode;

describe('a partition', () => {
  it('gathers events until the linger is over, and sends nothing before it knows leader and identity', () => {
    const bench = new QueueBench();
    bench.put();
    bench.put();
    bench.nowUs += 5_000;
    expect(bench.take()).toBeNull();
    bench.queue.lead();
    expect(bench.take()).toBeNull();
    expect(bench.asked).toEqual(['identity']);
    bench.identify();
    bench.nowUs -= 1;
    expect(bench.take()).toBeNull();
    expect(bench.queue.dueUs()).toBe(bench.nowUs + 1);
    bench.nowUs += 1;
    const batch = bench.taken();
    expect([slotsOf(batch), numberOf(batch)]).toEqual([[1, 2], '1/0']);
    bench.answer(batch, 0);
    expect(bench.told).toEqual(['acked acks-all: 1 2']);
    expect([bench.queue.heldBytes, bench.pool.heldBytes, bench.queue.outstanding]).toEqual([0, 0, 0]);
  });

  it('sends what is full at once, and what lingers along with others', () => {
    const bench = QueueBench.underWay();
    for (let i = 0; i < 30; i++) bench.put(1_000);
    const full = bench.taken();
    expect(full.count).toBe(16);
    expect(bench.take()).toBeNull();
    expect(bench.queue.take(bench.nowUs, 2_500)).toBeNull();
    bench.nowUs += 2_500;
    expect(bench.queue.take(bench.nowUs, 2_500)?.count).toBe(14);
    expect([numberOf(full)]).toEqual(['1/1']);
  });

  it('keeps a long event, alone in a batch of its own', () => {
    const bench = QueueBench.underWay();
    bench.put();
    bench.put(100_000);
    bench.put();
    expect([slotsOf(bench.taken()), slotsOf(bench.taken())]).toEqual([[2], [3]]);
    bench.nowUs += 5_000;
    expect(slotsOf(bench.taken())).toEqual([4]);
  });

  it('sends the first batch of an identity alone, and several once it is stored', () => {
    const bench = new QueueBench();
    bench.queue.lead();
    bench.identify();
    bench.putAlone();
    const first = bench.taken();
    bench.putAlone();
    expect(bench.take()).toBeNull();
    bench.answer(first, 0);
    expect(bench.taken()).not.toBeNull();
    expect(bench.send(3).map(numberOf)).toEqual(['1/2', '1/3', '1/4']);
  });

  it('says acks-1 where the leader alone confirms, and written where nobody does', () => {
    const one = QueueBench.underWay({ idempotent: false, acks: 1 });
    one.answer(one.send(1)[0] as never, 0);
    expect(one.told).toEqual(['acked acks-1: 2']);
    const none = QueueBench.underWay({ idempotent: false, acks: 0 });
    none.queue.written(none.send(1)[0] as never);
    expect(none.told).toEqual(['no_ack written: 2']);
  });

  describe('repeats', () => {
    it.each([
      ['refused', 19],
      ['in doubt', 20],
    ])(
      'what was %s: after all in flight is back, the leader known and a pause, in order, under the same numbers',
      (_, code) => {
        const bench = QueueBench.underWay();
        const [a, b, c] = bench.send(3) as [never, never, never];
        bench.answer(a, code);
        bench.putAlone();
        expect(bench.queue.led).toBe(false);
        bench.queue.lead();
        bench.nowUs += 2_000_000;
        expect(bench.take()).toBeNull();
        bench.answer(b, outOfOrderSequence);
        bench.answer(c, outOfOrderSequence);
        expect(bench.take()).toBeNull();
        bench.queue.lead();
        expect(bench.queue.dueUs()).toBeGreaterThan(bench.nowUs);
        bench.nowUs += 1_000_000;
        const again = [bench.taken(), bench.taken(), bench.taken(), bench.taken()];
        expect(again.map(numberOf)).toEqual(['1/1', '1/2', '1/3', '1/4']);
        expect(again.map(slotsOf)).toEqual([[2], [3], [4], [5]]);
        expect(bench.again).toEqual(['2', '3', '4']);
        for (const batch of again) bench.answer(batch, 0);
        expect(bench.told).toEqual([2, 3, 4, 5].map((slot) => `acked acks-all: ${slot}`));
      },
    );

    it('what was lost with its connection, and takes a repetition for what it is', () => {
      const bench = QueueBench.underWay();
      for (const batch of bench.send(2)) bench.lose(batch);
      bench.recover();
      const [a, b] = [bench.taken(), bench.taken()];
      expect([a, b].map(numberOf)).toEqual(['1/1', '1/2']);
      bench.answer(a, duplicateSequence);
      bench.answer(b, 0);
      expect(bench.told).toEqual(['acked acks-all: 2', 'acked acks-all: 3']);
    });

    it('what never reached a socket, as what it is', () => {
      const bench = QueueBench.underWay({ idempotent: false });
      bench.queue.lost(bench.send(1)[0] as never, 'connection lost', false, bench.nowUs);
      bench.nowUs += 30_000_000;
      bench.queue.expire(bench.nowUs);
      expect(bench.told).toEqual(['rejected connection lost: 2']);
    });

    it('with pauses that grow from 100 ms to 1 s, once for all that fail together', () => {
      const bench = QueueBench.underWay();
      const pauses: number[] = [];
      let batches = bench.send(2);
      for (let i = 0; i < 6; i++) {
        for (const batch of batches) bench.lose(batch);
        bench.queue.lead();
        pauses.push((bench.queue.dueUs() - bench.nowUs) / 1000);
        bench.nowUs = bench.queue.dueUs();
        batches = [bench.taken(), bench.taken()];
      }
      expect(pauses).toEqual([150, 250, 450, 550, 550, 550]);
    });

    it('what is in flight elsewhere is awaited when the leader moves', () => {
      const bench = QueueBench.underWay();
      const [a] = bench.send(1) as [never];
      bench.queue.lead();
      bench.putAlone();
      expect(bench.take()).toBeNull();
      bench.answer(a, 0);
      expect(slotsOf(bench.taken())).toEqual([3]);
    });
  });

  describe('without idempotence', () => {
    it('does not repeat what may be stored, and repeats what is not', () => {
      const bench = QueueBench.underWay({ idempotent: false });
      const [a, b] = bench.send(2) as [never, never];
      bench.lose(a);
      bench.answer(b, 6);
      expect(bench.told).toEqual(['unknown connection lost: 2']);
      bench.recover();
      const again = bench.taken();
      expect([slotsOf(again), numberOf(again)]).toEqual([[3], '-1/-1']);
    });

    it('sends several from the start', () => {
      const bench = new QueueBench({ idempotent: false });
      bench.queue.lead();
      expect(bench.send(3).map(numberOf)).toEqual(['-1/-1', '-1/-1', '-1/-1']);
      expect(bench.asked).toEqual([]);
    });
  });

  describe('takes a new identity', () => {
    it.each([outOfOrderSequence, invalidProducerEpoch, unknownProducerId])(
      'when the broker does not go on with it: %d',
      (code) => {
        const bench = QueueBench.underWay();
        const [a, b] = bench.send(2) as [never, never];
        bench.answer(a, code);
        bench.answer(b, code);
        bench.recover();
        expect(bench.take()).toBeNull();
        bench.identify();
        const first = bench.taken();
        expect([slotsOf(first), numberOf(first)]).toEqual([[2], '2/0']);
        expect(bench.take()).toBeNull();
        bench.answer(first, 0);
        expect(numberOf(bench.taken())).toBe('2/1');
        expect(bench.told).toEqual(['acked acks-all: 2']);
      },
    );

    it('and does not know of what may be stored under the one before', () => {
      const bench = QueueBench.underWay();
      bench.lose(bench.send(1)[0] as never);
      bench.recover();
      bench.answer(bench.taken(), unknownProducerId);
      expect(bench.told).toEqual(['unknown unknown producer id: 2']);
    });

    it('after a refusal, because the broker would miss a number', () => {
      const bench = QueueBench.underWay();
      const [a, b] = bench.send(2) as [never, never];
      bench.answer(a, ErrorCode.invalidRecord);
      bench.answer(b, outOfOrderSequence);
      expect(bench.told).toEqual(['rejected invalid record: 2']);
      bench.recover();
      bench.identify();
      expect(numberOf(bench.taken())).toBe('2/0');
    });

    it('once, however many batches want one', () => {
      const bench = QueueBench.underWay();
      for (const batch of bench.send(3)) bench.answer(batch, unknownProducerId);
      bench.recover();
      bench.take();
      bench.take();
      expect(bench.asked.filter((what) => what === 'identity')).toHaveLength(1);
    });
  });

  describe('too large for the broker', () => {
    it('is halved, in order, and later batches are shorter', () => {
      const bench = QueueBench.underWay();
      for (let i = 0; i < 4; i++) bench.put(1_000);
      bench.nowUs += 5_000;
      bench.answer(bench.taken(), 10);
      expect(bench.asked.at(-1)).toBe('shortened');
      bench.identify();
      for (let i = 0; i < 4; i++) bench.put(1_000);
      const first = bench.taken();
      expect([slotsOf(first), numberOf(first)]).toEqual([[2, 3], '2/0']);
      bench.answer(first, 10);
      bench.identify();
      const sent: number[][] = [];
      for (let i = 0; i < 6; i++) {
        bench.nowUs += 5_000;
        const batch = bench.taken();
        sent.push(slotsOf(batch));
        bench.answer(batch, 0);
      }
      expect(sent).toEqual([[2], [3], [4, 5], [6], [7], [8]]);
      expect(bench.told.join()).toBe(
        'acked acks-all: 2,acked acks-all: 3,acked acks-all: 4 5,' +
          [6, 7, 8].map((slot) => `acked acks-all: ${slot}`).join(),
      );
      expect(bench.queue.outstanding).toBe(1);
    });

    it('is refused where it is a single event, and the others go on', () => {
      const bench = QueueBench.underWay();
      bench.put(100);
      bench.put(9_000);
      bench.nowUs += 5_000;
      bench.answer(bench.taken(), 10);
      bench.identify();
      bench.answer(bench.taken(), 0);
      bench.answer(bench.taken(), 10);
      expect(bench.told).toEqual(['acked acks-all: 2', 'rejected message too large: 3']);
      expect(bench.pool.heldBytes).toBe(0);
    });

    it('is refused as a whole where its events cannot be made again', () => {
      const bench = QueueBench.underWay();
      bench.put();
      bench.put();
      bench.lengths.delete(3);
      bench.nowUs += 5_000;
      bench.answer(bench.taken(), 10);
      expect(bench.told).toEqual(['rejected message too large: 2 3']);
      expect(bench.pool.heldBytes).toBe(0);
    });

    it('is unknown where an earlier attempt may have stored it', () => {
      const bench = QueueBench.underWay();
      bench.put();
      bench.put();
      bench.nowUs += 5_000;
      bench.lose(bench.taken());
      bench.recover();
      bench.answer(bench.taken(), 10);
      expect(bench.told).toEqual(['unknown message too large: 2 3']);
    });
  });

  it('sends an event that is nobody’s slot, behind what came before, and tells its outcome apart', () => {
    const bench = QueueBench.underWay();
    const outcomes: string[] = [];
    bench.put();
    bench.queue.appendAlone(eventOf(99), bench.nowUs, 1, (stored, reason) => outcomes.push(`${stored} ${reason}`));
    const [before, alone] = [bench.taken(), bench.taken()];
    expect(slotsOf(before)).toEqual([2]);
    bench.answer(before, 0);
    bench.answer(alone, 29);
    expect(outcomes).toEqual(['false topic authorization failed']);
    expect(bench.told).toEqual(['acked acks-all: 2']);
  });

  it('gives up everything at once', () => {
    const bench = QueueBench.underWay();
    bench.send(1);
    bench.put();
    bench.queue.abandon('closed');
    expect(bench.told).toEqual(['unknown closed: 2', 'rejected closed unsent: 3']);
    expect(bench.queue.outstanding).toBe(0);
  });
});
