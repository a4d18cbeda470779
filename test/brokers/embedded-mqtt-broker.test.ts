import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { brokers } from '../../src/brokers/registry.ts';
import { openSink } from '../../src/targets/mqtt/sink.ts';
import { openSource } from '../../src/targets/mqtt/source.ts';
import { SinkRecord, sendSlots, sinkContext, testFleet } from '../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../contracts/source.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';

const start = brokers['mqtt'] as NonNullable<(typeof brokers)['mqtt']>;

it('starts in its own process, delivers, tells its resources and ends', async () => {
  const broker = await start();
  const fleet = testFleet(0, 4, 'test/<device>');
  const [sent, arrived] = [new SinkRecord(), new SourceRecord()];
  const options = mqttOptions(broker.endpoint, { maxInFlight: 1000 });
  const source = await openSource(options, sourceContext(arrived, [fleet]));
  const sink = await openSink(options, sinkContext(sent, [fleet]));
  await sendSlots(sink, sent, fleet, 0, 5000);
  await sink.flush(10_000);
  await arrived.reached(5000);
  const usage = await broker.usage();
  expect(usage.cpuSeconds).toBeGreaterThan(0);
  expect(usage.rssBytes).toBeGreaterThan(10e6);
  await Promise.all([sink.close(), source.close()]);
  await Promise.all([broker.stop(), broker.stop()]);
  expect(await broker.usage()).toEqual(expect.objectContaining({ rssBytes: usage.rssBytes }));
  const { port } = new URL(broker.endpoint);
  await expect(
    new Promise((resolve, reject) => {
      connect(Number(port), '127.0.0.1', () => resolve('connected')).on('error', reject);
    }),
  ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
