import type { SecureContext } from 'node:tls';
import type { SinkContext, SourceContext } from '../target.ts';
import { type CredentialOwner, fillCredential } from './credential-template.ts';
import type { LaneMap } from './lane-map.ts';
import type { MqttOptions } from './options.ts';
import type { SessionIdentity } from './session.ts';
import { loadTlsMaterial } from './tls-material.ts';

/** Who the sessions of a lane are, in a given incarnation of its device. */
export type IdentityOf = (lane: number, incarnation: number) => SessionIdentity;

/**
 * Who the sessions of a sink are. Reads the certificate files.
 * @throws IotloadError `file-unreadable`
 */
export async function sinkIdentities(options: MqttOptions, context: SinkContext, map: LaneMap): Promise<IdentityOf> {
  const { fleets, runId, reveal } = context;
  const secureContext = await sharedContext(options);
  const byIndex = new Map(fleets.map((fleet) => [fleet.index, fleet]));
  return (lane, incarnation) => {
    const clientId = map.clientId(lane, incarnation);
    const { fleet: index, place } = map.ownerOf(lane);
    const fleet = index === null ? undefined : byIndex.get(index);
    const owner = fleet === undefined ? null : { fleet, seat: place, deviceId: clientId };
    return { clientId, ...credentials(options, owner, runId, reveal), secureContext, localAddress: null };
  };
}

/**
 * Who a reader is: itself where all connections have one user name, else the first device.
 * @throws IotloadError `file-unreadable`
 */
export async function readerIdentity(
  options: MqttOptions,
  { fleets, runId, reveal }: SourceContext,
  clientId: string,
): Promise<SessionIdentity> {
  const [fleet] = fleets;
  const owner = fleet === undefined ? null : { fleet, seat: 0, deviceId: fleet.deviceId(0) };
  const secureContext = await sharedContext(options);
  return { clientId, ...credentials(options, owner, runId, reveal), secureContext, localAddress: null };
}

function credentials(
  { username, password }: MqttOptions,
  owner: CredentialOwner | null,
  runId: string,
  reveal: (text: string) => string,
): Pick<SessionIdentity, 'username' | 'password'> {
  return {
    username: username === null ? undefined : fillCredential(username, owner, runId, reveal),
    password: password === null ? undefined : fillCredential(password, owner, runId, reveal),
  };
}

function sharedContext({ endpoint, tls }: MqttOptions): Promise<SecureContext> | null {
  return /^(mqtts|wss):/.test(endpoint) ? loadTlsMaterial(tls || {}) : null;
}
