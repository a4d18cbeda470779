import { accessSync, constants } from 'node:fs';
import type { SecureContext } from 'node:tls';
import { IotloadError } from '../../core/errors.ts';
import type { SinkContext, SourceContext } from '../target.ts';
import { loadTlsMaterial, type TlsMaterial } from '../tls-material.ts';
import { type CredentialOwner, fillCredential } from './credential-template.ts';
import { deviceContext } from './device-certificate.ts';
import { type DeviceCredential, type DeviceCredentials, readDeviceCredentials } from './device-credentials.ts';
import { parseEndpoint } from './endpoint.ts';
import type { LaneMap } from './lane-map.ts';
import type { MqttOptions } from './options.ts';
import type { SessionIdentity } from './session.ts';

/**
 * Who the sessions of a lane are, in a given incarnation of its device.
 * @throws IotloadError where nothing is known of a device that came after the start
 */
export type IdentityOf = (lane: number, incarnation: number) => SessionIdentity;

/** What credentials are made from. */
interface Sources {
  options: MqttOptions;
  runId: string;
  tls: TlsMaterial | null;
  devices: DeviceCredentials | null;
  reveal(text: string): string;
}

/**
 * Who the sessions of a sink are. Reads the files of certificates and credentials, and looks every device up once.
 * @throws IotloadError `file-unreadable`; `bad-scenario` that names a device which is not in the file
 */
export async function sinkIdentities(
  options: MqttOptions,
  context: Pick<SinkContext, 'fleets' | 'runId' | 'reveal'>,
  map: LaneMap,
): Promise<IdentityOf> {
  const { fleets } = context;
  const sources = await readSources(options, context);
  const byIndex = new Map(fleets.map((fleet) => [fleet.index, fleet]));
  const ownerOf = (lane: number, deviceId: string): CredentialOwner | null => {
    const { fleet: index, place } = map.ownerOf(lane);
    const fleet = index === null ? undefined : byIndex.get(index);
    return fleet === undefined ? null : { fleet, seat: place, deviceId };
  };
  checkDevices(sources, map, ownerOf);
  return (lane, incarnation) => {
    const id = map.clientId(lane, incarnation);
    const { clientId, ...rest } = credentialsOf(ownerOf(lane, id), sources);
    return { clientId: clientId ?? id, ...rest, localAddress: addressOf(options, lane) };
  };
}

/**
 * Who a reader, one of several perhaps, is: as `auth.reader` says, else like the connections where they have one name, else like the first device.
 * @throws IotloadError as `sinkIdentities`
 */
export async function readerIdentity(
  options: MqttOptions,
  context: SourceContext,
  clientId: string,
  number = 0,
): Promise<SessionIdentity> {
  const { reader } = options;
  const sources = await readSources(
    reader === null
      ? options
      : { ...options, username: reader.username, password: reader.password ?? null, devicesFile: null },
    context,
  );
  const [fleet] = context.fleets;
  const owner = fleet === undefined ? null : { fleet, seat: 0, deviceId: fleet.deviceId(0) };
  return { ...credentialsOf(owner, sources), clientId, localAddress: addressOf(options, number) };
}

/** Lanes take the local addresses in turn. */
function addressOf({ sourceAddresses }: MqttOptions, lane: number): string | null {
  return sourceAddresses[lane % sourceAddresses.length] ?? null;
}

async function readSources(
  options: MqttOptions,
  { fleets, runId, reveal }: Pick<SinkContext, 'fleets' | 'runId' | 'reveal'>,
): Promise<Sources> {
  const { endpoint, tls, devicesFile } = options;
  const [material, devices] = await Promise.all([
    endpoint !== 'embedded' && parseEndpoint(endpoint).tls ? loadTlsMaterial(tls ?? {}) : null,
    devicesFile === null ? null : readDeviceCredentials(devicesFile, fleets),
  ]);
  return { options, runId, reveal, tls: material, devices };
}

function credentialsOf(
  owner: CredentialOwner | null,
  { options: { username, password }, runId, reveal, tls, devices }: Sources,
): Omit<SessionIdentity, 'clientId' | 'localAddress'> & { clientId: string | undefined } {
  if (devices !== null && owner !== null) {
    const row = devices.of(owner.fleet, owner.seat, owner.deviceId);
    return {
      clientId: row.clientId,
      username: row.username,
      password: row.password,
      secureContext: contextOf(row, tls, owner.deviceId),
    };
  }
  return {
    clientId: undefined,
    username: username === null ? undefined : fillCredential(username, owner, runId, reveal),
    password: password === null ? undefined : fillCredential(password, owner, runId, reveal),
    secureContext: tls?.shared ?? null,
  };
}

function contextOf({ cert, key }: DeviceCredential, tls: TlsMaterial | null, deviceId: string): SecureContext | null {
  if (tls === null || cert === undefined || key === undefined) return tls?.shared ?? null;
  return deviceContext(tls.ca, cert, key, deviceId);
}

/** Every device is in the file, with certificates that are there. */
function checkDevices(
  { tls, devices, options }: Sources,
  map: LaneMap,
  ownerOf: (lane: number, deviceId: string) => CredentialOwner | null,
): void {
  for (let lane = 0; devices !== null && lane < map.lanes; lane++) {
    const owner = ownerOf(lane, map.clientId(lane));
    if (owner === null) continue;
    const { cert, key } = devices.of(owner.fleet, owner.seat, owner.deviceId);
    const about = { where: 'target.auth.devices', value: options.devicesFile ?? '' };
    if ((cert === undefined) !== (key === undefined)) {
      throw new IotloadError('bad-scenario', `device ${owner.deviceId} has cert or key, but not both`, about);
    }
    if (cert === undefined || key === undefined) continue;
    if (tls === null) {
      const hint = 'Write endpoint: mqtts://… or wss://…';
      throw new IotloadError('bad-scenario', 'certificates of devices need TLS', { ...about, hint });
    }
    try {
      for (const file of [cert, key]) accessSync(file, constants.R_OK);
    } catch (cause) {
      const message = `the certificate of device ${owner.deviceId}: ${(cause as Error).message}`;
      const hint = 'Its path starts at the folder of the credentials file.';
      throw new IotloadError('file-unreadable', message, { ...about, hint, cause });
    }
  }
}
