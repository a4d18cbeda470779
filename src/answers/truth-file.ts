import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { IotloadError } from '../core/errors.ts';
import { type TruthQuestion, truthOf } from './truth.ts';

/** Characters of one write. */
const CHUNK = 64 * 1024;

/**
 * Writes the truth of a run as one JSON object a line. `pause` lets others do something meanwhile.
 * @throws IotloadError `file-unwritable`
 */
export async function writeTruth(path: string, question: TruthQuestion, pause: () => Promise<void>): Promise<void> {
  async function* chunks(): AsyncGenerator<string> {
    let text = '';
    for (const line of truthOf(question)) {
      if (line === null) await pause();
      else text += `${JSON.stringify(line)}\n`;
      if (text.length < CHUNK) continue;
      yield text;
      text = '';
    }
    yield text;
  }
  try {
    await pipeline(Readable.from(chunks()), createWriteStream(path, { mode: 0o600 }));
  } catch (cause) {
    if (cause instanceof IotloadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IotloadError('file-unwritable', `cannot write: ${reason}`, { where: path, cause });
  }
}
