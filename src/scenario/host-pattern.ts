const label = '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?';
const name = new RegExp(String.raw`^(\*|${label})(\.(\*|${label}))*$`, 'i');

interface Address {
  host: string;
  port: string | null;
}

/** Whether `text` can stand in `safety.allow`: `host` or `host:port`, where a label may be `*`. */
export function isHostPattern(text: string): boolean {
  const { host, port } = split(text);
  if (port !== null && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536)) return false;
  return host.startsWith('[') ? /^\[[0-9a-f:.]+\]$/i.test(host) : host.length <= 253 && name.test(host);
}

/**
 * Whether `address`, `host` or `host:port`, is covered by `pattern`. A `*` stands for one or more labels; a pattern without a port covers
 * every port. Letters' case does not matter.
 */
export function matchesHost(pattern: string, address: string): boolean {
  const wanted = split(pattern.toLowerCase());
  const actual = split(address.toLowerCase());
  if (wanted.port !== null && wanted.port !== actual.port) return false;
  return matchesLabels(wanted.host.split('.'), actual.host.split('.'));
}

/** Whether `address` is this machine: localhost, 127.0.0.0/8, ::1. */
export function isLoopback(address: string): boolean {
  const { host } = split(address.toLowerCase());
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function split(text: string): Address {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  // More than one colon outside brackets: an IPv6 address without a port.
  if (match === null || match[2]?.includes(':')) return { host: text, port: null };
  return { host: match[1] as string, port: match[2] ?? null };
}

/** Greedy matching with one point of return, as for wildcards in file names: no pattern makes it slow. */
function matchesLabels(pattern: readonly string[], labels: readonly string[]): boolean {
  let p = 0;
  let l = 0;
  let star = -1;
  let resume = 0;
  while (l < labels.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = ++l;
    } else if (p < pattern.length && pattern[p] === labels[l]) {
      p++;
      l++;
    } else if (star >= 0) {
      p = star + 1;
      l = ++resume;
    } else return false;
  }
  return p === pattern.length;
}
