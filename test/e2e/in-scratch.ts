import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach } from 'vitest';
import { answer, type Finished, iotload, scratch } from './iotload.ts';

/** A directory of its own for each test of a file; call it once, at the file's top level. */
export function inScratch() {
  let space: ReturnType<typeof scratch>;
  beforeEach(() => {
    space = scratch();
  });
  afterEach(() => space.remove());
  return {
    get dir(): string {
      return space.dir;
    },
    path: (name: string): string => space.path(name),
    /** `iotload` in that directory. */
    here: (...args: string[]): Promise<Finished> => iotload(args, {}, space.dir),
    /** What it answers there, without a process of its own. */
    asked: (...args: string[]): Promise<Finished> => answer(args, space.dir),
    /** Writes a scenario there and returns its path. */
    scenario(text: string, name = 'case.yaml'): string {
      writeFileSync(space.path(name), text);
      return space.path(name);
    },
  };
}
