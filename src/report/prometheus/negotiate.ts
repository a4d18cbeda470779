import type { Exposition } from './exposition.ts';

/** What an `Accept` header asks for: OpenMetrics where it is named and liked no less than plain text, else the older text, which everybody reads. */
export function negotiate(accept: string | undefined): Exposition {
  let [openmetrics, text] = [0, 0];
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...params] = range.split(';').map((part) => part.trim());
    const quality = qualityOf(params);
    if (type === 'application/openmetrics-text' && speaksVersion(params)) openmetrics = Math.max(openmetrics, quality);
    else if (type === 'text/plain') text = Math.max(text, quality);
  }
  return openmetrics > 0 && openmetrics >= text ? 'openmetrics' : 'text';
}

/** Of other versions we know nothing. */
function speaksVersion(params: readonly string[]): boolean {
  const version = params.find((param) => param.startsWith('version='))?.slice('version='.length);
  return version === undefined || version === '1.0.0' || version === '0.0.1';
}

function qualityOf(params: readonly string[]): number {
  const given = params.find((param) => param.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
