import { describe, expect, it } from 'vitest';
import { disconnect, type FakeSocket, puback, publish, publish0, through } from './through.ts';

describe('a connection without faults', () => {
  it('passes whole frames on, however they were chopped, in both directions', () => {
    const { client, broker, state } = through({});
    const bytes = Buffer.concat([publish('one'), publish('two'), disconnect]);
    const told: number[] = [];
    for (const byte of bytes) {
      client.emit('data', Buffer.from([byte]));
      told.push(broker.written.length);
    }
    expect(told.at(publish('one').length - 2)).toBe(0);
    expect(told.at(publish('one').length - 1)).toBe(1);
    expect(broker.told).toEqual(['one', 'two', 'disconnect']);
    for (const byte of puback(5)) broker.emit('data', Buffer.from([byte]));
    expect(client.told).toEqual(['puback 5']);
    expect(state.nextOrdinal).toBe(2);
  });

  it.each([
    ['no MQTT at all', Buffer.from([0xf0, 0])],
    ['a PUBLISH at QoS 3', Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1])],
  ])('resets for %s', (_, bytes) => {
    const { say, client, broker } = through({});
    say(bytes);
    expect([client.wasReset, broker.destroyed]).toEqual([true, true]);
  });

  it('reads no more from one side than the other takes', () => {
    const { say, answer, client, broker } = through({});
    broker.writableNeedDrain = true;
    say(publish('one'));
    expect([client.paused, broker.paused]).toEqual([true, false]);
    broker.writableNeedDrain = false;
    broker.emit('drain');
    expect(client.paused).toBe(false);
    client.writableNeedDrain = true;
    answer(puback(1));
    expect([client.paused, broker.paused]).toEqual([false, true]);
    client.writableNeedDrain = false;
    client.emit('drain');
    expect(broker.paused).toBe(false);
  });

  it('ends one side when the other has ended, and cuts both when one is gone', () => {
    const ending = through({});
    ending.client.emit('end');
    expect(ending.broker.writableEnded).toBe(true);
    ending.broker.emit('end');
    expect(ending.client.writableEnded).toBe(true);
    ending.client.emit('close');
    ending.broker.emit('close');
    expect([ending.client.wasReset, ending.broker.destroyed]).toEqual([false, false]);

    const lost = through({});
    lost.broker.emit('close');
    expect([lost.client.wasReset, lost.broker.destroyed]).toEqual([true, true]);
    const left = through({});
    left.client.emit('close');
    expect(left.broker.destroyed).toBe(true);
    const broken = through({});
    broken.broker.emit('error', new Error('ECONNRESET'));
    expect([broken.client.wasReset, broken.broker.destroyed]).toEqual([true, true]);
  });
});

describe('faults', () => {
  it('leave readiness markers alone, and do not count them', () => {
    const { say, broker, log, state } = through({ drop: { every: 1 } });
    say(publish('{"iotload":"probe","run":"r"}'));
    expect(broker.told).toEqual(['{"iotload":"probe","run":"r"}']);
    expect([log, state.nextOrdinal]).toEqual([[], 0]);
  });

  it('are not done where the log has no place', () => {
    const { say, broker, log, state } = through({ drop: { every: 1 } });
    state.mayRecord = () => false;
    say(publish('one'));
    expect([broker.told, log, state.nextOrdinal]).toEqual([['one'], [], 1]);
  });

  it('drop: the client is answered in the broker’s name, at QoS 0 not', () => {
    const { say, client, broker, log } = through({ drop: { every: 2 } });
    say(publish('one', 'a', 1), publish('two', 'a', 2), publish0('three'), publish0('four'));
    expect(broker.told).toEqual(['one', 'three']);
    expect(client.told).toEqual(['puback 2']);
    expect(log.map(({ kind, ordinal, topic, payload }) => [kind, ordinal, topic, payload.toString()])).toEqual([
      ['drop', 1, 'a', 'two'],
      ['drop', 3, 'a', 'four'],
    ]);
  });

  it('double: the client sees one of the two acknowledgements', () => {
    const { say, answer, client, broker } = through({ double: { every: 1 } });
    say(publish('one', 'a', 9), publish0('two'));
    expect(broker.told).toEqual(['one', 'one', 'two', 'two']);
    answer(puback(9), puback(9), puback(8));
    expect(client.told).toEqual(['puback 9', 'puback 8']);
  });

  it('dropAcks: the client sees none, and at QoS 0 nothing is claimed', () => {
    const { say, answer, client, broker, log } = through({ dropAcks: { every: 1 } });
    say(publish('one', 'a', 9), publish0('two'));
    answer(puback(9), puback(9));
    expect(broker.told).toEqual(['one', 'two']);
    expect(client.told).toEqual(['puback 9']);
    expect(log.map(({ payload }) => payload.toString())).toEqual(['one']);
  });

  it('alter: the lowest bit of the byte that is asked for, kept within the payload; an empty one stays', () => {
    const told = (offset: number): [string[], (number | undefined)[]] => {
      const { say, broker, log } = through({ alter: { every: 1, offset } });
      say(publish('abc'), publish(''));
      return [broker.told, log.map((record) => record.offset)];
    };
    expect(told(0)).toEqual([['`bc', ''], [0]]);
    expect(told(-1)).toEqual([['abb', ''], [2]]);
    expect(told(99)).toEqual([['abb', ''], [2]]);
    expect(told(-99)).toEqual([['`bc', ''], [0]]);
  });

  it('reset: what came before passes, what comes behind does not', () => {
    const { say, client, broker, log } = through({ reset: { every: 2 } });
    say(publish('one'), publish('two'), publish('three'));
    expect(broker.told).toEqual(['one']);
    expect([client.wasReset, broker.writableEnded, broker.destroyed]).toEqual([true, true, false]);
    client.emit('close');
    expect(broker.destroyed).toBe(false);
    expect(log).toHaveLength(1);
  });

  it('reset: what is held at that time goes down with it', () => {
    const { say, pass, broker, client } = through({ reset: { every: 2 }, reorder: { every: 1, holdMs: 100 } });
    say(publish('one', 'a'), publish('two', 'b'));
    expect(client.wasReset).toBe(true);
    pass(1000);
    expect(broker.told).toEqual([]);
  });

  it('delay: holds what follows, and reads on when the time is over', () => {
    const { say, pass, client, broker } = through({ delay: { every: 2, ms: 30 } });
    say(publish('one'), publish('two'), publish('three'));
    expect([broker.told, client.paused]).toEqual([['one'], true]);
    pass(29);
    expect(broker.told).toEqual([]);
    pass(1);
    expect([broker.told, client.paused]).toEqual([['two', 'three'], false]);
  });

  it('delay: who hangs up meanwhile is heard to the end', () => {
    const { say, pass, client, broker } = through({ delay: { every: 2, ms: 30 } });
    say(publish('one'), publish('two'), publish('three'));
    client.emit('end');
    expect(broker.writableEnded).toBe(false);
    pass(30);
    expect([broker.told, broker.writableEnded]).toEqual([['one', 'two', 'three'], true]);
  });
});

describe('reorder', () => {
  const held = { reorder: { every: 3, holdMs: 100 } };

  it('passes one on behind the next of its topic, and says which that was', () => {
    const { say, broker, log, pass } = through(held);
    say(publish('0', 'a'), publish('1', 'b'), publish('2', 'a'), publish('3', 'b'), publish('4', 'a'));
    expect(broker.told).toEqual(['0', '1', '3', '4', '2']);
    expect(log).toEqual([{ kind: 'reorder', ordinal: 2, topic: 'a', payload: Buffer.from('2'), partner: 4 }]);
    pass(1000);
    expect(broker.told).toEqual([]);
  });

  it('lets go what nothing overtakes, which is no fault', () => {
    const { say, broker, log, pass } = through(held);
    say(publish('0'), publish('1'), publish('2'));
    pass(99);
    expect(broker.told).toEqual(['0', '1']);
    pass(1);
    expect([broker.told, log]).toEqual([['2'], []]);
  });

  it.each([
    ['a farewell', (client: FakeSocket) => client.emit('data', disconnect), ['2', 'disconnect'], false],
    ['the end of the connection', (client: FakeSocket) => client.emit('end'), ['2'], true],
  ])('lets it go before %s', (_, leave, told, ended) => {
    const { say, broker, client, pass } = through(held);
    say(publish('0'), publish('1'), publish('2'));
    broker.written.length = 0;
    leave(client);
    expect([broker.told, broker.writableEnded]).toEqual([told, ended]);
    pass(1000);
    expect(broker.told).toEqual([]);
  });

  it('forgets it when the connection is cut', () => {
    const { say, broker, connection, pass } = through(held);
    say(publish('0'), publish('1'), publish('2'));
    connection.cut();
    pass(1000);
    expect(broker.told).toEqual(['0', '1']);
  });
});

describe('a stall', () => {
  it('lets nothing pass in either direction, then everything in order', () => {
    const { say, answer, stall, client, broker } = through({});
    stall(true);
    say(publish('one'), publish('two'));
    answer(puback(1));
    expect([broker.told, client.told, client.paused, broker.paused]).toEqual([[], [], true, true]);
    stall(false);
    expect([broker.told, client.told, client.paused, broker.paused]).toEqual([
      ['one', 'two'],
      ['puback 1'],
      false,
      false,
    ]);
  });

  it('is waited for by who hangs up', () => {
    const { say, answer, stall, client, broker } = through({});
    stall(true);
    say(publish('one'));
    client.emit('end');
    answer(puback(1));
    broker.emit('end');
    expect([broker.writableEnded, client.writableEnded]).toEqual([false, false]);
    stall(false);
    expect([broker.told, broker.writableEnded]).toEqual([['one'], true]);
    expect([client.told, client.writableEnded]).toEqual([['puback 1'], true]);
  });

  it('is waited for by what was delayed until then, ahead of what follows it', () => {
    const { say, stall, pass, broker } = through({ delay: { every: 2, ms: 30 } });
    say(publish('one'), publish('two'), publish('three'));
    expect(broker.told).toEqual(['one']);
    stall(true);
    pass(30);
    expect(broker.told).toEqual([]);
    stall(false);
    expect(broker.told).toEqual(['two', 'three']);
  });

  it('is waited for by what was held until then, ahead of what came meanwhile', () => {
    const { say, stall, pass, broker } = through({ reorder: { every: 2, holdMs: 30 } });
    say(publish('0', 'a'), publish('1', 'b'));
    stall(true);
    say(publish('2', 'a'));
    pass(30);
    expect(broker.told).toEqual(['0']);
    stall(false);
    expect(broker.told).toEqual(['1', '2']);
  });
});
