import { setFlagsFromString } from 'node:v8';

/**
 * MiB of either half of V8's space for young objects in what runs as long as a run. Left to itself it begins with one and doubles each time
 * that as much has survived in it, up to sixteen: in a process that makes little garbage that takes an hour, and looks like a leak all the while.
 */
const SEMI_SPACE_MIB = 8;

/** V8 counts a third half-space to the young generation. */
export const YOUNG_MIB = 3 * SEMI_SPACE_MIB;

/** Flags of Node for a process whose space for young objects never grows. */
export const youngSpaceFlags: readonly string[] = [
  `--min-semi-space-size=${SEMI_SPACE_MIB}`,
  `--max-semi-space-size=${SEMI_SPACE_MIB}`,
];

/** Has the threads that begin from now on begin with all of theirs; `YOUNG_MIB` keeps it there. */
export function fixYoungSpaceOfThreads(): void {
  setFlagsFromString(youngSpaceFlags[0] as string);
}

let holders = 0;

/**
 * Keeps that of this thread, which was made before anybody could say how large, from growing until it is let go. No thread begins meanwhile:
 * V8 then goes back to its own factor.
 */
export function holdYoungSpace(): () => void {
  if (holders++ === 0) setFlagsFromString('--semi-space-growth-factor=1');
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    // V8's own.
    if (--holders === 0) setFlagsFromString('--semi-space-growth-factor=2');
  };
}
