import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A program in C, compiled. */
export interface CProgram {
  program: string;
  remove(): void;
}

/** The program of librdkafka.c; null where there is no C compiler, or no librdkafka with its header (Debian: librdkafka-dev). */
export function compileCClient(): Promise<CProgram | null> {
  return compileC('librdkafka', ['-lrdkafka']);
}

/** Compiles `name`.c beside this file; null where there is no C compiler, or not what it needs. */
export async function compileC(name: string, libraries: readonly string[] = []): Promise<CProgram | null> {
  const dir = mkdtempSync(join(tmpdir(), 'iotload-bench-'));
  const program = join(dir, name);
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  try {
    await promisify(execFile)('cc', ['-O2', '-o', program, source, ...libraries]);
  } catch {
    remove();
    return null;
  }
  return { program, remove };
}
