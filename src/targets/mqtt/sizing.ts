import { total } from '../../core/total.ts';
import { formatCount, formatCountOf, formatDuration, formatRate } from '../../core/units.ts';
import type { Sizing, TargetLoad } from '../sizing.ts';
import type { TargetOptions } from '../target.ts';
import type { MqttOptions } from './options.ts';

/** Local ports from 32768 to 60999: what Linux, as it comes, gives one local address towards one endpoint. */
const PORTS_PER_ADDRESS = 28_232;

/** What a load takes in connections, local ports and addresses. */
export function sizing(options: TargetOptions, { fleets, peakPerSecond, reads }: TargetLoad): Sizing {
  const {
    connections: asked,
    connectPerSecond,
    keepAliveUs,
    sourceAddresses,
    share,
  } = options as unknown as MqttOptions;
  const connections = asked === 'per_device' ? total(fleets, ({ devices }) => devices) : asked;
  const sockets = connections + (reads ? (share ?? 1) : 0);
  const addresses = Math.max(1, sourceAddresses.length);
  const needed = Math.ceil(sockets / PORTS_PER_ADDRESS);
  const connectSeconds = connections / connectPerSecond;
  const pingsPerSecond = keepAliveUs === 0 ? 0 : connections / (keepAliveUs / 1e6);
  // Who publishes more often than that never has to say that he is alive.
  const each = peakPerSecond / connections;
  const pings =
    keepAliveUs > 0 && each < 1 / (keepAliveUs / 1e6)
      ? `; ${formatRate(pingsPerSecond)} of keep-alive beside the events`
      : '';
  const lines: [string, string][] = [
    [
      'connects',
      `${formatCountOf(connections, 'connection')} at ${formatRate(connectPerSecond)}: up after ${formatDuration(Math.ceil(connectSeconds) * 1e6)}; ` +
        `${formatRate(each)} each at the peak${pings}`,
    ],
    [
      'ports',
      `${formatCount(Math.ceil(sockets / addresses))} of ${addresses === 1 ? 'one local address' : `each of ${addresses} local addresses`}, which has ` +
        `${formatCount(PORTS_PER_ADDRESS)} where Linux is as it comes${needed <= addresses ? '' : `: on one machine this needs ${needed} in source_addresses`}`,
    ],
  ];
  return {
    lines: sockets < 1000 ? [] : lines,
    figures: {
      connections,
      connectSeconds,
      keepAlivePerSecond: pingsPerSecond,
      perConnectionPerSecond: each,
      localPorts: sockets,
      portsPerAddress: PORTS_PER_ADDRESS,
      sourceAddressesNeeded: needed,
    },
    costUsd: null,
  };
}
