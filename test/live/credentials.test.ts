import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TargetOptions } from '../../src/targets/target.ts';
import { testFleet } from '../contracts/sink.ts';
import { mqttOptions } from '../targets/mqtt/mqtt-options.ts';
import { makeClientCertificates, writeCredentials } from './client-certificates.ts';
import { type Mosquitto, makeCertificates, startMosquitto } from './mosquitto.ts';
import { expectRoundTrip, refusalOf } from './round-trip.ts';

const fleet = testFleet(0, 20, 'test/<device>/reading');
const carries = (options: TargetOptions): Promise<void> => expectRoundTrip(options, fleet, 100);
const refused = (options: TargetOptions): Promise<Error> => refusalOf(options, fleet);

let files: ReturnType<typeof makeCertificates>;
beforeAll(() => {
  files = makeCertificates();
});
afterAll(() => rmSync(files.dir, { recursive: true }));

describe('Mosquitto that asks for certificates', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({
      tls: files,
      config: [`cafile ${files.ca}`, 'require_certificate true', 'use_identity_as_username true'],
    });
  });
  afterAll(() => broker.stop());

  it('lets in whoever has one, and names it by it', async () => {
    const [{ cert, key }] = makeClientCertificates(files.dir, ['ann']) as [{ cert: string; key: string }];
    await carries(mqttOptions(broker.endpoint, { tls: { ca: files.ca, cert, key } }));
    expect(broker.log()).toMatch(/u'ann'/);
  });

  it('refuses who has none, and says what is missing', async () => {
    const error = await refused(mqttOptions(broker.endpoint, { tls: { ca: files.ca } }));
    expect(error).toMatchObject({ code: 'target-refused', hint: expect.stringContaining('tls.cert') });
  });

  it('knows each device by its own certificate', async () => {
    const names = Array.from({ length: fleet.devices }, (_, seat) => `certified-${seat}`);
    makeClientCertificates(files.dir, names);
    const rows = names.map((name, seat) => `${fleet.deviceId(seat)},${name}.pem,${name}.key`);
    const devicesFile = writeCredentials(files.dir, ['device,cert,key', ...rows]);
    await carries(mqttOptions(broker.endpoint, { connections: 'per_device', tls: { ca: files.ca }, devicesFile }));
    for (let seat = 0; seat < fleet.devices; seat++) {
      expect(broker.log()).toMatch(new RegExp(`as ${fleet.deviceId(seat)} \\(.*u'certified-${seat}'`));
    }
  });

  it('takes the protocols of the handshake that it does not know for none', async () => {
    const [{ cert, key }] = makeClientCertificates(files.dir, ['bob']) as [{ cert: string; key: string }];
    await carries(mqttOptions(broker.endpoint, { tls: { ca: files.ca, cert, key }, alpn: ['mqtt'] }));
  });
});

describe('Mosquitto with a user for each device', () => {
  const seats = Array.from({ length: fleet.devices }, (_, seat) => seat);

  it('lets in devices with names from a template, and refuses a wrong one', async () => {
    const users = Object.fromEntries(seats.map((seat) => [`${fleet.deviceId(seat)}@fleet0`, `pw-${seat}`]));
    const broker = await startMosquitto({ users });
    onTestFinished(() => broker.stop());
    const options = { connections: 'per_device', username: '<device>@<fleet>', password: 'pw-<index>' };
    await carries(mqttOptions(broker.endpoint, options));
    expect(await refused(mqttOptions(broker.endpoint, { ...options, password: 'no-<index>' }))).toMatchObject({
      code: 'target-refused',
    });
  });

  it('lets in devices with names from a file', async () => {
    const users = Object.fromEntries(seats.map((seat) => [`user${seat}`, `secret-${seat}`]));
    const broker = await startMosquitto({ users: { ...users, reader: 'r' } });
    onTestFinished(() => broker.stop());
    const rows = seats.map((seat) => `${fleet.deviceId(seat)},user${seat},secret-${seat}`).reverse();
    const devicesFile = writeCredentials(files.dir, ['device,username,password', ...rows]);
    const reader = { username: 'reader', password: 'r' };
    await carries(mqttOptions(broker.endpoint, { connections: 'per_device', devicesFile, reader }));
    expect(broker.log()).toMatch(/as iotload-r0000test-read-\w+ \(.*u'reader'/);
  });
});
