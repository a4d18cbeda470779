import { expect, it } from 'vitest';
import { IotloadError } from '../../../src/core/errors.ts';
import { Outcome } from '../../../src/core/outcome.ts';
import { leastUp, Opening } from '../../../src/targets/mqtt/opening.ts';
import { openSink } from '../../../src/targets/mqtt/sink.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../../contracts/sink.ts';
import { until } from '../../until.ts';
import { mqttOptions } from './mqtt-options.ts';
import { puback, scriptedBroker } from './scripted-broker.ts';

const fleet = testFleet(0, 20, 'test/<device>');
const devices = (count: number) => testFleet(0, count, 'test/<device>');

it('asks each part for its share, rounded up', () => {
  expect(leastUp(null, 7, 100)).toBe(7);
  expect(leastUp({ numerator: 19, denominator: 20 }, 1000, 5000)).toBe(950);
  expect(leastUp({ numerator: 1, denominator: 1000 }, 7, 100)).toBe(1);
  expect(leastUp({ connections: 50 }, 25, 100)).toBe(13);
  expect(leastUp({ connections: 500 }, 25, 100)).toBe(25);
});

it('is open when each is up or was given up, and enough are up', async () => {
  const error = new IotloadError('target-unreachable', 'no');
  const opening = new Opening(3, 2);
  let open = false;
  void opening.done.then(() => {
    open = true;
  });
  const isOpen = async (): Promise<boolean> => {
    await Promise.resolve();
    return open;
  };
  opening.connected(false);
  expect(opening.giveUp(error)).toBe(true);
  expect(await isOpen()).toBe(false);
  expect(opening.progress).toBe(', 1 of 3 connections up, at least 2 needed');
  opening.connected(false);
  expect(await isOpen()).toBe(true);
  opening.connected(true);
  expect(opening.up).toBe(3);

  const failing = new Opening(3, 2);
  expect(failing.giveUp(error)).toBe(true);
  expect(failing.giveUp(error)).toBe(false);
  await expect(failing.done).rejects.toBe(error);
});

it('starts with enough of them, says how many are missing, and takes them when they come', async () => {
  const broker = await scriptedBroker((socket, packetId) => socket.write(puback(packetId)));
  broker.refused = new Set(['fleet0-3', 'fleet0-17']);
  const record = new SinkRecord();
  const options = mqttOptions(broker.endpoint, {
    connections: 'per_device',
    leastUp: { numerator: 9, denominator: 10 },
  });
  const sink = await openSink(options, sinkContext(record, [fleet]));
  expect(Array.from(sink.room).flatMap((room, lane) => (room === 0 ? [lane] : []))).toEqual([3, 17]);
  await until(() => record.notices.length === 2);
  expect(record.notices).toEqual(new Array(2).fill('warning: not connected at the start: not authorized'));
  broker.refused.delete('fleet0-3');
  await until(() => (sink.room[3] as number) > 0);
  await sendSlots(sink, record, devices(10), 0, 100);
  await sink.flush(5000);
  await sink.close();
  expect(record.count(Outcome.acked)).toBe(100);
  expect(record.notices.slice(2)).toEqual(['warning: never connected']);
  await broker.stop();
});

it('does not start with too few of them, nor, without a minimum, with one missing', async () => {
  const broker = await scriptedBroker(() => {});
  broker.refused = new Set(['fleet0-3', 'fleet0-17', 'fleet0-19']);
  for (const least of [{ numerator: 9, denominator: 10 }, { connections: 18 }, null]) {
    const options = mqttOptions(broker.endpoint, { connections: 'per_device', leastUp: least });
    const record = new SinkRecord();
    const error: Error = await openSink(options, sinkContext(record, [fleet])).then(
      () => new Error('it opened'),
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'target-refused' });
    expect(error.message).toContain(least === null ? 'connections up)' : 'at least 18 needed)');
    expect(record.notices.filter((notice) => notice.includes('never'))).toEqual([]);
  }
  await broker.stop();
});

it('connects from the local addresses in turn', async () => {
  const broker = await scriptedBroker((socket, packetId) => socket.write(puback(packetId)));
  const sourceAddresses = process.platform === 'linux' ? ['127.0.0.2', '127.0.0.3'] : ['127.0.0.1'];
  const options = mqttOptions(broker.endpoint, { connections: 'per_device', sourceAddresses });
  const sink = await openSink(options, sinkContext(new SinkRecord(), [fleet]));
  const from = broker.sockets.map(({ remoteAddress }) => remoteAddress);
  for (const address of sourceAddresses) {
    expect(from.filter((remote) => remote === address)).toHaveLength(20 / sourceAddresses.length);
  }
  await sink.close();
  await broker.stop();
});
