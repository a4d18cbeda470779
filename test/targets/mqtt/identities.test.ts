import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readerIdentity, sinkIdentities } from '../../../src/targets/mqtt/identities.ts';
import { lanePerDevice, lanePool } from '../../../src/targets/mqtt/lane-map.ts';
import type { MqttOptions } from '../../../src/targets/mqtt/options.ts';
import type { TargetFleet, TargetOptions } from '../../../src/targets/target.ts';
import { SinkRecord, sinkContext, testFleet } from '../../contracts/sink.ts';
import { SourceRecord, sourceContext } from '../../contracts/source.ts';
import { mqttOptions } from './mqtt-options.ts';

const fleets = [testFleet(0, 4, 't/<device>'), testFleet(2, 3, 't/<device>')];
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'iotload-credentials-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Who the lanes are, as `clientId username password`. */
async function who(overrides: object, used: readonly TargetFleet[] = fleets): Promise<string[]> {
  const map = lanePerDevice({ index: 0, count: 1 }, used);
  const options = mqttOptions('mqtt://h', { connections: 'per_device', ...overrides }) as unknown as MqttOptions;
  const context = {
    ...sinkContext(new SinkRecord(), used),
    reveal: (text: string) => text.replace('${PW}', 's3<cret'),
  };
  const identityOf = await sinkIdentities(options, context, map);
  return Array.from({ length: map.lanes }, (_, lane) => {
    const { clientId, username, password } = identityOf(lane, 0);
    return `${clientId} ${username ?? '-'} ${password ?? '-'}`;
  });
}

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('there was nothing wrong'),
    (error: Error) => error,
  );

describe('one user name for all, or of each', () => {
  it('fills in the device, its number, its fleet and the run, and reveals secrets in between', async () => {
    expect(await who({ username: 'u', password: '${PW}' })).toEqual(
      [0, 1, 2, 3].map((i) => `fleet0-${i} u s3<cret`).concat([0, 1, 2].map((i) => `fleet2-${i} u s3<cret`)),
    );
    expect(
      await who({ username: '<device>@<fleet>', password: '<index:03>/<run>/${PW}/<<' }, [fleets[1] as TargetFleet]),
    ).toEqual([
      'fleet2-0 fleet2-0@fleet2 000/r0000test/s3<cret/<',
      'fleet2-1 fleet2-1@fleet2 001/r0000test/s3<cret/<',
      'fleet2-2 fleet2-2@fleet2 002/r0000test/s3<cret/<',
    ]);
  });

  it('names the new device after a reload', async () => {
    const fleet = { ...testFleet(0, 2, 't'), deviceId: (seat: number, incarnation = 0) => `d${seat}.${incarnation}` };
    const options = mqttOptions('mqtt://h', { username: '<device>' }) as unknown as MqttOptions;
    const map = lanePerDevice({ index: 0, count: 1 }, [fleet]);
    const identityOf = await sinkIdentities(options, sinkContext(new SinkRecord(), [fleet]), map);
    expect(identityOf(1, 3)).toMatchObject({ clientId: 'd1.3', username: 'd1.3' });
  });

  it('is one for a pool', async () => {
    const options = mqttOptions('mqtt://h', { username: 'u-<run>' }) as unknown as MqttOptions;
    const map = lanePool({ index: 0, count: 1 }, 2, 'p');
    const identityOf = await sinkIdentities(options, sinkContext(new SinkRecord(), fleets), map);
    expect(identityOf(1, 0)).toMatchObject({ clientId: 'p-0-1', username: 'u-r0000test' });
  });
});

describe('a file of devices', () => {
  it('is read by device, in any order, with columns it does not know, quotes, and a byte order mark', async () => {
    const rows = [
      'Password,device,note,USERNAME',
      '"a,""b",fleet0-1,x,one',
      'p0,fleet0-0,,zero',
      '',
      'p2,fleet0-2,,',
      ',fleet0-3,,three',
    ];
    const devicesFile = file('devices.csv', `\ufeff${rows.join('\r\n')}\r\n`);
    expect(await who({ devicesFile }, [fleets[0] as TargetFleet])).toEqual([
      'fleet0-0 zero p0',
      'fleet0-1 one a,"b',
      'fleet0-2 - p2',
      'fleet0-3 three -',
    ]);
  });

  it('is read by client_id where it has no device, which the connection calls itself', async () => {
    const one = [testFleet(0, 1, 't')];
    expect(await who({ devicesFile: file('a.csv', 'client_id,username\nfleet0-0,u\n') }, one)).toEqual([
      'fleet0-0 u -',
    ]);
    expect(await who({ devicesFile: file('b.csv', 'device,client_id,username\nfleet0-0,c,u\n') }, one)).toEqual([
      'c u -',
    ]);
  });

  it('is read row by row where it has neither, one fleet after the other', async () => {
    const devicesFile = file('rows.csv', `username\n${[0, 1, 2, 3, 4, 5, 6].map((i) => `u${i}`).join('\n')}\n`);
    expect(await who({ devicesFile })).toEqual([
      'fleet0-0 u0 -',
      'fleet0-1 u1 -',
      'fleet0-2 u2 -',
      'fleet0-3 u3 -',
      'fleet2-0 u4 -',
      'fleet2-1 u5 -',
      'fleet2-2 u6 -',
    ]);
  });

  it.each([
    [
      'a device that is missing',
      'device,username\nfleet0-0,u\n',
      'no row for device fleet0-1 of fleet fleet0',
      'device fleet0-1',
    ],
    [
      'too few rows',
      'username\nu0\nu1\n',
      'no row for device fleet0-2 of fleet fleet0: 2 rows for 7 devices',
      'Add rows',
    ],
    ['a row without a device', 'device,username\n,hunter2\n', 'row 1 has no device', 'below the header'],
    ['two rows for one', 'device,username\nx,hunter2\nx,hunter2\n', 'two rows for device x', 'one of them'],
    ['no header', 'fleet0-0,hunter2\n', 'neither username nor cert', 'device,username,password'],
    ['nothing at all', '', 'neither username nor cert', 'device,username,password'],
    ['one column twice', 'device,username,Username\n', 'two columns are called username', 'one of them'],
    ['cert without key', 'device,cert\n', 'come together', 'both columns'],
    ['rows of unequal length', 'device,username\nx,hunter2,z\n', 'not CSV, see line 2', 'as many cells'],
    ['a certificate without TLS', 'username,cert,key\nu,a,b\n', 'need TLS', 'mqtts'],
    ['half a certificate', 'username,cert,key\nu,a,\n', 'device fleet0-0 has cert or key', ''],
  ])('is refused with %s', async (_, text, message, hint) => {
    const devicesFile = file('bad.csv', text);
    const error = await failure(who({ devicesFile }));
    expect(error).toMatchObject({ code: 'bad-scenario', where: 'target.auth.devices', value: devicesFile });
    expect(error.message).toContain(message);
    expect((error as { hint?: string }).hint ?? '').toContain(hint);
    expect(`${error.message} ${(error as { hint?: string }).hint}`).not.toContain('hunter2');
  });

  it('is not there', async () => {
    const devicesFile = join(dir, 'nowhere.csv');
    expect(await failure(who({ devicesFile }))).toMatchObject({ code: 'file-unreadable', value: devicesFile });
  });

  it('names certificates that are not there, with their device', async () => {
    const devicesFile = file('certs.csv', 'username,cert,key\nu,nowhere.pem,nowhere.key\n');
    const options = mqttOptions('mqtts://h', { connections: 'per_device', devicesFile }) as unknown as MqttOptions;
    const one = [testFleet(0, 1, 't')];
    const map = lanePerDevice({ index: 0, count: 1 }, one);
    const error = await failure(sinkIdentities(options, sinkContext(new SinkRecord(), one), map));
    expect(error).toMatchObject({ code: 'file-unreadable' });
    expect(error.message).toContain('device fleet0-0');
    expect(error.message).toContain(join(dir, 'nowhere.pem'));
  });
});

describe('a reader', () => {
  const reader = async (overrides: TargetOptions): Promise<string> => {
    const options = mqttOptions('mqtt://h', overrides) as unknown as MqttOptions;
    const { clientId, username, password } = await readerIdentity(
      options,
      sourceContext(new SourceRecord(), fleets),
      'me',
    );
    return `${clientId} ${username ?? '-'} ${password ?? '-'}`;
  };

  it('is who auth.reader says, else like all connections, else like the first device', async () => {
    const devicesFile = file('readers.csv', `username,password\n${'u,p\n'.repeat(7)}`);
    expect(await reader({})).toBe('me - -');
    expect(await reader({ username: 'u', password: 'p' })).toBe('me u p');
    expect(await reader({ username: '<device>', password: '<index>' })).toBe('me fleet0-0 0');
    expect(await reader({ devicesFile })).toBe('me u p');
    expect(await reader({ devicesFile, reader: { username: 'r', password: 's' } })).toBe('me r s');
    expect(await reader({ username: '<device>', password: 'p', reader: { username: 'r' } })).toBe('me r -');
  });
});
