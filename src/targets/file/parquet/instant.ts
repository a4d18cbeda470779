/** More digits of a second than these take microseconds. */
const MS_DECIMALS = 3;

/** Whether instants with so many decimals of a second are kept in µs, not ms; undefined: the form of ISO 8601, which has three. */
export function isMicros(decimals: number | undefined): boolean {
  return decimals !== undefined && decimals > MS_DECIMALS;
}

/** An instant, ms or µs since 1970, as its column writes it: 2023-05-24T18:56:56.800Z, or 2023-05-24 18:56:56 with so many decimals. */
export function instantText(instant: number, decimals: number | undefined): string {
  if (decimals === undefined) return new Date(instant).toISOString();
  const ms = isMicros(decimals) ? Math.floor(instant / 1000) : instant;
  const iso = new Date(ms).toISOString();
  const rest = isMicros(decimals) ? `${instant - ms * 1000}`.padStart(3, '0') : '';
  const point = decimals === 0 ? '' : `.${`${iso.slice(20, 23)}${rest}`.slice(0, decimals)}`;
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${point}`;
}

/** The instant that a column's text is; undefined where it is none, or not written so. */
export function readInstant(text: string, decimals: number | undefined): number | undefined {
  const iso =
    decimals === undefined ? text : `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`;
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return undefined;
  const instant = isMicros(decimals) ? ms * 1000 + Number(text.slice(23).padEnd(3, '0')) : ms;
  return Number.isSafeInteger(instant) && instantText(instant, decimals) === text ? instant : undefined;
}
