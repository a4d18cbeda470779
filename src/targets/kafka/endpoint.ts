import { IotloadError } from '../../core/errors.ts';
import type { TextProblem } from '../name-template.ts';

/** Where a broker listens. */
export interface BrokerHost {
  /** Without the brackets of an IPv6 address. */
  host: string;
  port: number;
}

const form = 'write host:9092, or host:9092,host:9092 for several brokers';
const name = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)$/i;

/** What is wrong with the endpoint of a Kafka target, or null. Its texts never repeat credentials. */
export function endpointProblem(text: string): TextProblem | null {
  if (text === 'embedded') return null;
  const hosts = readHosts(text);
  return Array.isArray(hosts) ? null : hosts;
}

/**
 * The brokers of `host:port[,host:port]`, with or without `kafka://` before it.
 * @throws IotloadError `bad-scenario`
 */
export function parseEndpoint(text: string): BrokerHost[] {
  const hosts = readHosts(text);
  if (Array.isArray(hosts)) return hosts;
  throw new IotloadError('bad-scenario', hosts.error, { where: 'target.endpoint', hint: hosts.hint });
}

/** `host:port`, with the brackets that an IPv6 address needs. */
export function hostText({ host, port }: BrokerHost): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function readHosts(text: string): BrokerHost[] | TextProblem {
  if (text.includes('@')) {
    const hint = 'write auth: { username: …, password: "${NAME}" }';
    return { error: 'credentials do not belong in an endpoint', hint };
  }
  const hosts: BrokerHost[] = [];
  for (const entry of text.replace(/^kafka:\/\//i, '').split(',')) {
    const host = readHost(entry.trim().replace(/^kafka:\/\//i, ''));
    if ('error' in host) return host;
    hosts.push(host);
  }
  return hosts;
}

function readHost(entry: string): BrokerHost | TextProblem {
  if (entry === '') return { error: 'an endpoint names at least one broker, and none is empty', hint: form };
  const scheme = /^([a-z_+-]+):\/\//i.exec(entry)?.[1];
  if (scheme !== undefined) {
    const hint = /ssl|tls|kafkas/i.test(scheme) ? 'write host:9093, and tls: true beside it' : form;
    return { error: `"${scheme}://" begins no Kafka endpoint`, hint };
  }
  const [, before = entry, digits] = /^(.*):(\d+)\/?$/.exec(entry) ?? [];
  if (/:.*:/.test(entry) && /^[0-9a-f:.]+$/i.test(entry))
    return { error: `"${entry}" is an IPv6 address without brackets`, hint: 'write "[::1]:9092"' };
  if (digits === undefined && name.test(entry))
    return { error: `"${entry}" lacks its port`, hint: `Kafka mostly listens on 9092: write ${entry}:9092` };
  const port = Number(digits);
  if (digits === undefined || !name.test(before)) return { error: `"${entry}" is no host:port`, hint: form };
  if (port < 1 || port > 65_535) return { error: `"${entry}": a port is from 1 to 65535`, hint: form };
  return { host: before.replace(/^\[(.*)\]$/, '$1'), port };
}
