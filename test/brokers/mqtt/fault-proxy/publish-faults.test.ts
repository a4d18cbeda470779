import { parser as createParser, generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../../../src/brokers/mqtt/fault-proxy/fault-plan.ts';
import { PublishFaults, type Way } from '../../../../src/brokers/mqtt/fault-proxy/publish-faults.ts';
import { type FakeSocket, puback, publish, publish0, through } from './through.ts';

const publish2 = (payload: string, messageId: number): Buffer =>
  generate({ cmd: 'publish', topic: 'a', payload, messageId, qos: 2, dup: false, retain: false });
const connect5 = generate({ cmd: 'connect', clientId: 'c', protocolVersion: 5, clean: true, keepalive: 0 });
const publish5 = (payload: string, messageId: number, qos: 1 | 2 = 1): Buffer =>
  generate(
    {
      cmd: 'publish',
      topic: 'a',
      payload,
      messageId,
      qos,
      dup: false,
      retain: false,
      properties: { contentType: 'x' },
    },
    { protocolVersion: 5 },
  );

/** The packets written to one side, of MQTT 5. */
function told5(socket: FakeSocket): Packet[] {
  const packets: Packet[] = [];
  const parser = createParser({ protocolVersion: 5 });
  parser.on('packet', (packet: Packet) => void packets.push(packet));
  parser.parse(Buffer.concat(socket.written.splice(0)));
  return packets;
}

/** As `through`, for a client that has greeted as one of MQTT 5; the broker speaks 3.1.1. */
function through5(plan: FaultPlan) {
  const side = through(plan, { translates: true });
  side.say(connect5);
  expect(side.broker.told).toEqual(['connect']);
  return side;
}

describe('what is lost on both ways', () => {
  it('swallow: neither passed on nor answered', () => {
    const { say, client, broker, log, state } = through({ swallow: { every: 2 } });
    say(publish('one', 'a', 1), publish('two', 'a', 2), publish0('three'), publish0('four'));
    expect([broker.told, client.told]).toEqual([['one', 'three'], []]);
    expect(log.map(({ kind, ordinal }) => [kind, ordinal])).toEqual([
      ['swallow', 1],
      ['swallow', 3],
    ]);
    expect(state.passed).toBe(2);
  });
});

describe('refusals', () => {
  it('refuse: a reason code in PUBACK, and nothing passed on', () => {
    const { say, client, broker, log } = through5({ refuse: { every: 2 } });
    say(publish5('one', 1), publish5('two', 2));
    expect(broker.told).toEqual(['one']);
    expect(told5(client)).toMatchObject([{ cmd: 'puback', messageId: 2, reasonCode: 0x97 }]);
    expect(log).toHaveLength(1);
  });

  it('refuse: a reason code in PUBREC at QoS 2', () => {
    const { say, client, broker } = through5({ refuse: { every: 1 } });
    say(publish5('one', 7, 2));
    expect(broker.told).toEqual([]);
    expect(told5(client)).toMatchObject([{ cmd: 'pubrec', messageId: 7, reasonCode: 0x97 }]);
  });

  it('refuseYetPass: passed on, and the broker’s own answer is swallowed', () => {
    const { say, answer, client, broker } = through5({ refuseYetPass: { every: 2 } });
    say(publish5('one', 1), publish5('two', 2));
    expect(broker.told).toEqual(['one', 'two']);
    expect(told5(client)).toMatchObject([{ cmd: 'puback', messageId: 2, reasonCode: 0x97 }]);
    answer(puback(1), puback(2));
    expect(told5(client)).toMatchObject([{ cmd: 'puback', messageId: 1 }]);
  });

  it('do not happen to a client of MQTT 3.1.1, nor a phantom at QoS 2', () => {
    const old = through({ refuse: { every: 1 } });
    old.say(publish('one'));
    expect([old.broker.told, old.client.told, old.log]).toEqual([['one'], [], []]);
    const twice = through5({ refuseYetPass: { every: 1 } });
    twice.say(publish5('one', 1, 2));
    expect([twice.broker.told, told5(twice.client), twice.log]).toEqual([['one'], [], []]);
  });
});

describe('at QoS 2', () => {
  const pubrec = (messageId: number): Buffer => generate({ cmd: 'pubrec', messageId });
  const pubrel = (messageId: number): Buffer => generate({ cmd: 'pubrel', messageId });

  it('drop: received and completed in the broker’s name, which hears nothing of it', () => {
    const { say, client, broker } = through({ drop: { every: 2 } });
    say(publish2('one', 1), publish2('two', 2));
    expect([broker.told, client.told]).toEqual([['one'], ['pubrec']]);
    say(pubrel(1), pubrel(2), pubrel(2));
    // The second PUBREL of an identifier belongs to whatever it stands for by then.
    expect([broker.told, client.told]).toEqual([['pubrel', 'pubrel'], ['pubcomp']]);
  });

  it('dropAcks: PUBREC is swallowed', () => {
    const { say, answer, client, broker } = through({ dropAcks: { every: 2 } });
    say(publish2('one', 1), publish2('two', 2));
    answer(pubrec(1), pubrec(2));
    expect([broker.told, client.told]).toEqual([['one', 'two'], ['pubrec']]);
  });

  it('double: not done, as the broker would take it for the same message', () => {
    const { say, broker, log } = through({ double: { every: 1 } });
    say(publish2('one', 1));
    expect([broker.told, log]).toEqual([['one'], []]);
  });
});

describe('late', () => {
  const connack = generate({ cmd: 'connack', returnCode: 0, sessionPresent: false });

  it('acknowledges at once, and delivers on the same connection, in its place among the others', () => {
    const { say, answer, pass, client, broker, sideDoor, log, state } = through({ late: { every: 2, ms: 500 } });
    say(publish('one', 'a', 1), publish('two', 'a', 2), publish('three', 'b', 3), publish('four', 'b', 4));
    expect([broker.told, client.told]).toEqual([
      ['one', 'three'],
      ['puback 2', 'puback 4'],
    ]);
    pass(500);
    expect([broker.told, sideDoor.told, state.passed]).toEqual([['two', 'four'], [], 4]);
    answer(puback(1), puback(2), puback(3), puback(4));
    expect(client.told).toEqual(['puback 1', 'puback 3']);
    expect(log.map(({ delivered }) => delivered)).toEqual([true, true]);
  });

  it('delivers by a way of its own when the client has gone', () => {
    const { say, pass, client, sideDoor, log } = through({ late: { every: 1, ms: 500 } });
    say(publish('one', 'a', 1));
    pass(100);
    say(publish('two', 'a', 2));
    client.emit('end');
    pass(399);
    expect([sideDoor.told, log.map(({ delivered }) => delivered)]).toEqual([[], [undefined, undefined]]);
    pass(1);
    // It waits for the broker’s welcome.
    expect(sideDoor.told).toEqual(['connect']);
    sideDoor.emit('data', connack);
    expect(sideDoor.told).toEqual(['one']);
    pass(100);
    expect(sideDoor.told).toEqual(['two']);
  });

  it('says which younger one of its topic came first, if any', () => {
    const { say, pass, log } = through({ late: { every: 2, ms: 10 } });
    say(publish('0', 'a'), publish('1', 'a'), publish('2', 'b'), publish('3', 'b'), publish('4', 'a'));
    pass(10);
    say(publish('5', 'c'), publish('6', 'b'));
    expect(log.map(({ ordinal, partner }) => [ordinal, partner])).toEqual([
      [1, 4],
      [3, undefined],
      [5, undefined],
    ]);
  });

  it('gives up what still waits at the end', () => {
    const { say, pass, broker, sideDoor, state, log } = through({ late: { every: 1, ms: 10 } });
    say(publish('one'));
    state.late.close();
    pass(100);
    expect([broker.told, sideDoor.told, log[0]?.delivered]).toEqual([[], [], undefined]);
  });
});

describe('foreign', () => {
  it('follows events on their topic, in turn, without an acknowledgement', () => {
    const payloads = [Buffer.from('x'), Buffer.alloc(0)];
    const { say, answer, broker, client, log, state } = through({ foreign: { every: 1, payloads } });
    say(publish('one', 'a', 1), publish('two', 'b', 2), publish('three', 'a', 3));
    const frames = Buffer.concat(broker.written);
    expect(broker.told).toEqual(['one', 'x', 'two', '', 'three', 'x']);
    const packets: Packet[] = [];
    const parser = createParser({ protocolVersion: 4 });
    parser.on('packet', (packet: Packet) => void packets.push(packet));
    parser.parse(frames);
    expect(packets.map((packet) => (packet.cmd === 'publish' ? `${packet.topic}${packet.qos}` : ''))).toEqual([
      'a1',
      'a0',
      'b1',
      'b0',
      'a1',
      'a0',
    ]);
    answer(puback(1), puback(2), puback(3));
    expect(client.told).toEqual(['puback 1', 'puback 2', 'puback 3']);
    expect([log, state.foreign, state.passed]).toEqual([[], 3, 6]);
  });

  it('leaves alone what suffers a fault', () => {
    const { say, broker } = through({ drop: { every: 2 }, foreign: { every: 1, payloads: [Buffer.from('x')] } });
    say(publish('one'), publish('two'));
    expect(broker.told).toEqual(['one', 'x']);
  });
});

describe('acknowledgements that are held', () => {
  it('go so long after their PUBLISH came, and say how long it was', () => {
    const { say, answer, pass, client, answers } = through({ holdAcks: { ms: 20 } });
    say(publish('one', 'a', 1));
    pass(5);
    answer(puback(1));
    say(publish('two', 'a', 2));
    pass(14);
    expect(client.told).toEqual([]);
    pass(1);
    expect(client.told).toEqual(['puback 1']);
    pass(25);
    answer(puback(2));
    pass(0);
    expect(client.told).toEqual(['puback 2']);
    expect(answers).toEqual([
      ['one', 20_000],
      ['two', 40_000],
    ]);
  });

  it('do not wait for a timer where their time is over', () => {
    const { say, answer, client, answers } = through({ holdAcks: { ms: 0 } });
    say(publish('one', 'a', 1));
    answer(puback(1));
    expect([client.told, answers]).toEqual([['puback 1'], [['one', 0]]]);
  });

  it('some longer than others', () => {
    const { say, answer, pass, answers } = through({ holdAcks: { ms: 1, some: { share: 0.5, ms: 200 } } });
    for (let id = 1; id <= 400; id++) {
      say(publish(`${id}`, 'a', id));
      answer(puback(id));
    }
    pass(1);
    const soon = answers.length;
    expect(Math.abs(soon - 200)).toBeLessThan(50);
    pass(198);
    expect(answers).toHaveLength(soon);
    pass(1);
    expect(answers).toHaveLength(400);
  });

  it('are none at QoS 0, and no matter to a client that has gone', () => {
    const { say, answer, pass, client, answers } = through({ holdAcks: { ms: 20 } });
    say(publish0('zero'), publish('one', 'a', 1));
    answer(puback(1));
    client.destroyed = true;
    pass(20);
    expect([client.told, answers]).toEqual([[], []]);
  });
});

describe('what happens to one connection, by itself', () => {
  /** The faults of a connection without sockets. */
  function alone(plan: FaultPlan) {
    const { state, log } = through(plan);
    const answered: Buffer[] = [];
    const way: Way = {
      isOpen: true,
      answer: (frame) => void answered.push(frame),
      release: () => {},
      delay: () => {},
      reset: () => {},
    };
    return { faults: new PublishFaults(state, way), answered, log, state };
  }
  const versions = { client: 4, broker: 4 } as const;

  it('a PUBLISH that nothing happens to passes as it is, and so does its answer', () => {
    const { faults, answered, state } = alone({});
    const out: Buffer[] = [];
    faults.publish(publish('one'), versions, out);
    expect(out).toEqual([publish('one')]);
    expect(faults.fateOf(puback(1))).toBe('pass');
    expect([answered.length, state.passed]).toEqual([0, 1]);
  });

  it('one that is dropped is answered in the broker’s name', () => {
    const { faults, answered, log } = alone({ drop: { every: 1 } });
    const out: Buffer[] = [];
    faults.publish(publish('one', 'a', 7), versions, out);
    expect([out, answered]).toEqual([[], [puback(7)]]);
    expect(log.map(({ kind }) => kind)).toEqual(['drop']);
  });

  it('one whose acknowledgement is lost passes, and its answer does not', () => {
    const { faults } = alone({ dropAcks: { every: 1 } });
    const out: Buffer[] = [];
    faults.publish(publish('one', 'a', 7), versions, out);
    expect([out.length, faults.fateOf(puback(7))]).toEqual([1, 'swallow']);
  });

  it('only a PUBREL of a message that was taken here is answered here', () => {
    const { faults, answered } = alone({ drop: { every: 1 } });
    faults.publish(publish2('one', 9), versions, []);
    expect([faults.released(8), faults.released(9), faults.released(9)]).toEqual([false, true, false]);
    expect(answered).toHaveLength(2);
  });

  it('what waits to be overtaken is given back at the end, or goes down with the connection', () => {
    const held = alone({ reorder: { every: 1 } });
    held.faults.publish(publish('one'), versions, []);
    expect(held.faults.takeHeld()).toEqual([publish('one')]);
    const gone = alone({ reorder: { every: 1 } });
    gone.faults.publish(publish('one'), versions, []);
    gone.faults.forget();
    expect(gone.faults.takeHeld()).toEqual([]);
  });
});
