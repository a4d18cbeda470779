import { printable } from '../core/printable-text.ts';
import { formatMicros } from '../core/units.ts';
import type { TailEvent } from '../runner/tail.ts';

/** Above the lines of `tableLine`. */
export const TAIL_HEADING = `${row(['device', 'sequence', 'slot', 'intended (UTC)', 'latency', 'verdict'])}\n`;

/** One message on 80 columns; of one that carries no id, what it was published to. */
export function tableLine({
  device,
  sequence,
  slot,
  intendedWallUs,
  latencyUs,
  verdict,
  address,
  payload,
}: TailEvent): string {
  if (slot === null)
    return `${verdict.padEnd(8)} ${printable(address)} ${printable(textOf(payload))}`.slice(0, 80).concat('\n');
  const intended = new Date((intendedWallUs ?? 0) / 1000).toISOString().slice(11, 23);
  const latency = latencyUs === null ? '' : formatMicros(latencyUs);
  return `${row([printable(device ?? ''), `${sequence}`, `${slot}`, intended, latency, verdict])}\n`;
}

function row([device, sequence, slot, intended, latency, verdict]: string[]): string {
  return [
    (device as string).padEnd(20),
    (sequence as string).padStart(9),
    (slot as string).padStart(11),
    ` ${intended}`.padEnd(15),
    (latency as string).padStart(9),
    ` ${verdict}`,
  ].join(' ');
}

/** Topic or key and payload, as far as a terminal may show them. */
export function rawLine({ address, payload }: TailEvent): string {
  return `${address === '' ? '' : `${printable(address)}\t`}${printable(textOf(payload))}\n`;
}

/** One JSON object. */
export function jsonLine({ payload, ...event }: TailEvent): string {
  return `${JSON.stringify({ ...event, payload: textOf(payload) })}\n`;
}

/** Text as it is; other bytes in hexadecimal digits. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('hex');
  }
}
