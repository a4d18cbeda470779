import { closeSync, openSync, writeSync } from 'node:fs';
import { IotloadError } from '../../core/errors.ts';
import type { BridgeCounts } from './bridge-plan.ts';
import type { HarmRecord } from './forwarder.ts';

/** Faults that a log holds; no more are done then, so that none goes unlogged. */
const MOST_RECORDS = 1_000_000;

/**
 * What a bridge did on purpose, a JSON object a line: `kind`, `ordinal`, `topic` of MQTT, `to` of Kafka, `key`, and the payload as it came, as
 * text under `payload` or, where it is not UTF-8, as `payload_base64`. Each stands there before the message is acknowledged. The last line has
 * kind `end` and the counts; without it the bridge did not end in good order.
 */
export class BridgeLog {
  readonly #file: string;
  readonly #descriptor: number;
  #records = 0;

  /** @throws IotloadError `file-unwritable` */
  constructor(file: string) {
    this.#file = file;
    try {
      this.#descriptor = openSync(file, 'a', 0o644);
    } catch (cause) {
      throw unwritable(file, cause);
    }
  }

  /** Writes them; false when there is room for no more. @throws IotloadError `file-unwritable` */
  keep(done: readonly HarmRecord[]): boolean {
    this.#records += done.length;
    this.#write(done.map((record) => lineOf(record)).join(''));
    return this.#records < MOST_RECORDS;
  }

  /** Writes the last line. @throws IotloadError `file-unwritable` */
  end(counts: BridgeCounts): void {
    this.#write(`${JSON.stringify({ kind: 'end', ...counts })}\n`);
    closeSync(this.#descriptor);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    } catch (cause) {
      throw unwritable(this.#file, cause);
    }
  }
}

function lineOf({ kind, ordinal, topic, to, key, payload }: HarmRecord): string {
  const text = payload.toString('utf8');
  const bytes = Buffer.from(text).equals(payload) ? { payload: text } : { payload_base64: payload.toString('base64') };
  return `${JSON.stringify({ kind, ordinal, topic, to, key, ...bytes })}\n`;
}

function unwritable(file: string, cause: unknown): IotloadError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new IotloadError('file-unwritable', `the log of the bridge cannot be written: ${reason}`, {
    where: file,
    hint: 'Is there space, and may this user write there?',
    cause,
  });
}
