import { isIP } from 'node:net';
import type { Parsed } from '../core/units.ts';

/** Where a server of ours listens. */
export interface ListenAddress {
  /** An IP address, or localhost. */
  host: string;
  /** 0 for one that is free. */
  port: number;
}

const LOOPBACK = '127.0.0.1';
const hint = 'write 127.0.0.1:9464; 0.0.0.0:9464 can be reached from other machines';

/** Reads `address:port`, or a port alone, which is one of 127.0.0.1. All addresses of a machine are never meant by saying nothing. */
export function parseListenAddress(text: string): Parsed<ListenAddress> {
  const match = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return { error: `"${text}" is no address and port`, hint };
  const [, bracketed, plain, only] = match;
  if (bracketed === undefined && plain === undefined) return { value: { host: LOOPBACK, port: Number(only) } };
  const host = bracketed ?? (plain as string).toLowerCase();
  const isOne =
    bracketed === undefined ? host === 'localhost' || isIP(host) === 4 : isIP(host) === 6 && !host.includes('%');
  return isOne
    ? { value: { host, port } }
    : { error: `"${text}" does not begin with an IP address of this machine`, hint };
}

/** As `parseListenAddress` reads it. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
