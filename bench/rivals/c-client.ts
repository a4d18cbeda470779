import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The program of librdkafka.c, compiled. */
export interface CClient {
  program: string;
  remove(): void;
}

/** Compiles it; null where there is no C compiler, or no librdkafka with its header (Debian: librdkafka-dev). */
export async function compileCClient(): Promise<CClient | null> {
  const dir = mkdtempSync(join(tmpdir(), 'iotload-bench-'));
  const program = join(dir, 'librdkafka');
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  const source = fileURLToPath(new URL('librdkafka.c', import.meta.url));
  try {
    await promisify(execFile)('cc', ['-O2', '-o', program, source, '-lrdkafka']);
  } catch {
    remove();
    return null;
  }
  return { program, remove };
}
