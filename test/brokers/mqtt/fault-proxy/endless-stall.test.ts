import { describe, expect, it } from 'vitest';
import { faultPlanOf } from '../../../../src/brokers/fault-knobs.ts';
import { startFaultProxy } from '../../../../src/brokers/mqtt/fault-proxy/fault-proxy.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

describe('the faults of the embedded MQTT broker', () => {
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
