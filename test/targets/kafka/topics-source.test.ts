import { describe, expect, it } from 'vitest';
import { openTopicsSource } from '../../../src/targets/kafka/topics-source.ts';
import type { DeliveredBatch, Source, SourceContext } from '../../../src/targets/target.ts';
import { sourceContext } from '../../contracts/source.ts';

const far = 1_048_576;

/** A reader of a topic that says what it is given. */
class Reader implements Source {
  readonly topic: string;
  readonly context: SourceContext;
  complete = true;
  closed = false;

  constructor(topic: string, context: SourceContext) {
    this.topic = topic;
    this.context = context;
  }

  health = () => ({ gaps: 1, gapNames: [`a gap in ${this.topic}`], fullReads: 2, brokerDropped: null });
  counted = () => ({ by: 'log end offsets', messages: 7, readAll: true, atUs: this.topic === 'a' ? 5 : 4 });
  positions = () => ({ next: `behind ${this.topic}` });
  ranges = () => [{ partition: 3, from: 1, to: 9 }];
  readToEnd = async () => ({ complete: this.complete });
  close = async () => {
    this.closed = true;
  };
}

async function open(change: Partial<SourceContext> = {}, fails?: string) {
  const readers: Reader[] = [];
  const arrived: (number | undefined)[] = [];
  const events = { delivered: ({ log }: DeliveredBatch) => arrived.push(log?.partition), notice: () => {} };
  const opened = openTopicsSource(
    ['a', 'b'],
    async (topic, context) => {
      if (topic === fails) throw new Error(topic);
      const reader = new Reader(topic, context);
      readers.push(reader);
      return reader;
    },
    { ...sourceContext(events, []), ...change },
  );
  return { opened, readers, arrived };
}

describe('a source of several topics', () => {
  it('numbers the partitions of each, and names the topic', async () => {
    const { opened, readers, arrived } = await open();
    const source = await opened;
    for (const reader of readers) reader.context.events.delivered({ log: { partition: 3 } } as DeliveredBatch);
    expect(arrived).toEqual([3, far + 3]);
    expect(source.ranges?.()).toEqual([
      { partition: 3, from: 1, to: 9, topic: 'a' },
      { partition: far + 3, from: 1, to: 9, topic: 'b' },
    ]);
  });

  it('vouches for nothing that one of them cannot', async () => {
    const { opened, readers } = await open();
    const source = await opened;
    expect(source.health()).toEqual({
      ...{ gaps: 2, gapNames: ['a gap in a', 'a gap in b'], fullReads: 4, brokerDropped: null },
    });
    expect(source.counted?.()).toEqual({ by: 'log end offsets', messages: 14, readAll: true, atUs: 4 });
    expect(await source.readToEnd(1)).toEqual({ complete: true });
    (readers[1] as Reader).complete = false;
    expect(await source.readToEnd(1)).toEqual({ complete: false });
    await source.close();
    expect(readers.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('goes on in each where it was, and reads one from its start of which nothing was said', async () => {
    const { opened, readers } = await open({ resumeFrom: { topics: { b: { next: 'there' } } } });
    const source = await opened;
    expect(readers.map(({ context: { resumeFrom, fromStart } }) => [resumeFrom, fromStart])).toEqual([
      [null, true],
      [{ next: 'there' }, false],
    ]);
    expect(source.positions?.()).toEqual({ topics: { a: { next: 'behind a' }, b: { next: 'behind b' } } });
  });

  it('is not there, and leaves nothing open, where one of them is not', async () => {
    const { opened, readers } = await open({}, 'b');
    await expect(opened).rejects.toThrow('b');
    expect(readers.map(({ closed }) => closed)).toEqual([true]);
  });
});
