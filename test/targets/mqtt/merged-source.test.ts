import { expect, it } from 'vitest';
import { mqtt } from '../../../src/targets/mqtt/index.ts';
import { mergedSource } from '../../../src/targets/mqtt/merged-source.ts';
import type { Source, SourceHealth } from '../../../src/targets/target.ts';
import { mqttOptions } from './mqtt-options.ts';

function source(health: SourceHealth, complete = false): Source & { closed: number } {
  const it = {
    closed: 0,
    health: () => health,
    readToEnd: () => Promise.resolve({ complete }),
    close: () => {
      it.closed++;
      return Promise.resolve();
    },
  };
  return it;
}

it('adds up what its connections missed, and takes what the broker dropped once', () => {
  const merged = mergedSource([
    source({ gaps: 1, fullReads: 2, brokerDropped: null }),
    source({ gaps: 0, fullReads: 5, brokerDropped: 7 }),
    source({ gaps: 3, fullReads: 0, brokerDropped: 4 }),
  ]);
  expect(merged.health()).toEqual({ gaps: 4, fullReads: 7, brokerDropped: 7 });
  expect(mergedSource([source({ gaps: 0, fullReads: 0, brokerDropped: null })]).health().brokerDropped).toBeNull();
});

it('is complete when each is, and closes all', async () => {
  const health = { gaps: 0, fullReads: 0, brokerDropped: null };
  const [a, b] = [source(health, true), source(health)];
  expect(await mergedSource([a, a]).readToEnd(1)).toEqual({ complete: true });
  expect(await mergedSource([a, b]).readToEnd(1)).toEqual({ complete: false });
  await mergedSource([a, b]).close();
  expect([a.closed, b.closed]).toEqual([1, 1]);
});

it('promises no order where several share', () => {
  expect(mqtt.traits(mqttOptions('mqtt://h')).ordered).toBe(true);
  expect(mqtt.traits(mqttOptions('mqtt://h', { share: 1 })).ordered).toBe(true);
  expect(mqtt.traits(mqttOptions('mqtt://h', { share: 2 })).ordered).toBe(false);
});
