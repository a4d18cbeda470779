import type { TextProblem } from '../name-template.ts';

const form = 'write http://host:4566, https://host, aws or embedded';

/** What is wrong with the endpoint of a Kinesis target, or null. Its texts never repeat credentials. */
export function endpointProblem(text: string): TextProblem | null {
  if (text === 'embedded' || text === 'aws') return null;
  if (text.includes('@')) {
    return {
      error: 'credentials do not belong in an endpoint',
      hint: 'leave them to the environment, or write auth: { kind: aws, profile: … }',
    };
  }
  const url = readUrl(text);
  if (url === null) return { error: `"${text}" is not a Kinesis endpoint`, hint: form };
  if (url.search !== '' || url.hash !== '' || url.pathname !== '/')
    return { error: `"${text}" has more than a host and a port`, hint: form };
  return null;
}

/**
 * Where API calls go: `http://host:port` from that, from `host:port`, or from what an embedded broker says of itself. For `aws` the region's
 * own address, which is what the safety rail has seen: left to itself, the SDK would take one from the environment.
 */
export function endpointUrl(text: string, region: string): string {
  return text === 'aws' ? `https://${endpointHost(text, region)}` : (readUrl(text)?.origin ?? text);
}

/** `host` or `host:port` for the safety rail. */
export function endpointHost(text: string, region: string): string {
  if (text !== 'aws') return readUrl(text)?.host ?? text;
  return `kinesis.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function readUrl(text: string): URL | null {
  const whole = text.replace(/^kinesis:\/\//, 'http://');
  const url = /^https?:\/\//.test(whole) ? whole : `http://${whole}`;
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  return parsed.hostname === '' || parsed.port === '0' ? null : parsed;
}
