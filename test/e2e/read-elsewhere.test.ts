import { describe, expect, it } from 'vitest';
import { bridgeLogOf } from './bridge-log.ts';
import { inScratch } from './in-scratch.ts';
import { findingsOf, iotload, summaryOf } from './iotload.ts';

const space = inScratch();

/** A scenario that publishes on MQTT and is read back from Kafka, behind a bridge. */
function scenario(payload: string, bridge: string, verify: string): string {
  return space.scenario(`iotload: 1
run: { duration: 1500ms, drain: 5s }
fleets:
  phones: { model: phone-motion, devices: 20, rate: 600/s, payload: ${payload}, topic: phones/<device>, to: [edge] }
targets:
  edge: { protocol: mqtt, endpoint: embedded, qos: 1 }
  lake: { protocol: kafka, endpoint: embedded }
bridge: { from: edge, to: lake, ${bridge} }
verify: { ${verify}, grace: 3s }
`);
}

describe('what is published on one protocol and read back on another', () => {
  it('is found by device and time where its bytes arrive as they were', async () => {
    const out = space.path('out');
    const { stdout, stderr } = await iotload([
      'run',
      scenario('seismograph', 'wrap: none', 'read: lake'),
      '--out',
      out,
    ]);
    expect(stdout + stderr).toContain('PASS');
    const { delivery, targets, hops, files, latency } = summaryOf(out);
    expect(delivery).toMatchObject({ identity: 'derived', verified: 900, foreign: 0 });
    expect(targets.map(({ delivery: { identity } }) => identity)).toEqual(['not checked', 'derived']);
    expect(hops).toMatchObject([{ from: 'edge', to: 'lake', entered: 900, arrived: 900, lost: 0, duplicates: 0 }]);
    expect(files).toMatchObject({ 'seen at lake': 'seen' });
    expect(latency.endToEnd.count).toBe(900);
  });

  it('has to be the same before and behind the bridge where both are read', async () => {
    const out = space.path('out');
    const verify = 'read: [edge, lake], hop: { payload_at: /payload, as: string, survives: fields }';
    const bridge = 'wrap: rule, faults: { loss: 1% }';
    const { code } = await iotload(['run', scenario('seismograph-traced', bridge, verify), '--out', out]);
    const lost = bridgeLogOf(out).dropped.length;
    expect(lost).toBeGreaterThan(0);
    expect(code).toBe(1);
    const { checks, delivery } = summaryOf(out);
    expect(checks.find(({ name }) => name === 'delivery at edge')?.status).toBe('pass');
    expect(checks.find(({ name }) => name === 'delivery at lake')?.status).toBe('fail');
    expect(checks.find(({ name }) => name === 'same events')).toMatchObject({
      status: 'fail',
      observed: `${900 - lost} in common`,
      reason: `lake lacks ${lost} events that another one holds`,
    });
    expect(delivery).toMatchObject({ verified: 1800 - lost, lost });
  });

  it('is only counted where nothing identifies it, and the report says what that leaves open', async () => {
    const out = space.path('out');
    const payload = '{ codec: json, fields: { msg: "23" }, identity: none }';
    const verify = 'read: lake, taps: [edge], hop: { payload_at: /payload, as: string, survives: none }';
    const file = scenario(payload, 'wrap: rule, faults: { loss: 2%, duplicates: 1% }', verify);
    const { code, stdout } = await iotload(['run', file, '--out', out]);
    const { dropped, doubled } = bridgeLogOf(out);
    const fewer = dropped.length - doubled.length;
    expect(fewer).toBeGreaterThan(0);
    // Fewer than were acknowledged: some are lost, whatever was doubled.
    expect(code).toBe(1);
    const { hops, delivery } = summaryOf(out);
    expect(delivery).toMatchObject({ identity: 'none', missing: fewer, duplicates: null, corrupt: null });
    expect(hops[1]).toMatchObject({
      proof: 'counts',
      entered: 900,
      arrived: 900 - fewer,
      lost: null,
      duplicates: null,
    });
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain(`${fewer} fewer arrived than entered: at least so many were lost`);
    expect(text).toContain('cannot be proved');
    expect(findingsOf(out)).toEqual([]);
  });
});
