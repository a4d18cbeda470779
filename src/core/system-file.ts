import { readFileSync } from 'node:fs';

/** Reads a file in which the system tells about itself, such as `/proc/stat`; null where there is none: only Linux has them. */
export type ReadSystemFile = (path: string) => string | null;

export const readSystemFile: ReadSystemFile = (path) => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
};
