import { describe, expect, it } from 'vitest';
import { faultPlanOf } from '../../../src/brokers/mqtt/fault-knobs.ts';
import { startFaultProxy } from '../../../src/brokers/mqtt/fault-proxy/fault-proxy.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

describe('the faults of the embedded MQTT broker', () => {
  it('are those of the proxy', () => {
    expect(faultPlanOf({}, 7)).toEqual({ seed: 7 });
    const shares = {
      loss: 0.1,
      duplicates: 0.2,
      reordered: 0.3,
      altered: 0.4,
      lostAcks: 0.5,
      swallowed: 0.6,
      resets: 0.7,
    };
    expect(faultPlanOf({ ...shares, delayUs: 2500 }, 1)).toEqual({
      seed: 1,
      drop: { share: 0.1 },
      double: { share: 0.2 },
      reorder: { share: 0.3 },
      alter: { share: 0.4 },
      dropAcks: { share: 0.5 },
      swallow: { share: 0.6 },
      reset: { share: 0.7 },
      holdAcks: { ms: 2.5 },
    });
  });

  it('stall from at once until something else is asked for', async () => {
    const clock = new VirtualClock();
    const proxy = await startFaultProxy({ upstream: { host: '127.0.0.1', port: 1 }, faults: {}, clock });
    proxy.setFaults(faultPlanOf({ stall: true }, 1));
    clock.advanceTo(clock.nowUs());
    const fromUs = clock.nowUs();
    clock.advanceTo(fromUs + 86_400_000_000);
    expect(proxy.stalls).toEqual([{ fromUs, toUs: null }]);
    proxy.setFaults(faultPlanOf({}, 1));
    expect(proxy.stalls).toEqual([{ fromUs, toUs: clock.nowUs() }]);
    await proxy.close();
  });
});
