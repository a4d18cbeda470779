import { exitOfSignal } from './exit-codes.ts';

type Signal = keyof typeof exitOfSignal;

/** What a command did when it was interrupted. */
export interface Interruption {
  /** Exit code of the first signal; null while there was none. */
  exitCode(): number | null;
  /** Lets signals do again what they do by default. */
  release(): void;
}

/** Calls `stop` at the first SIGINT or SIGTERM; the second leaves at once. */
export function onInterrupt(stop: () => void): Interruption {
  let first: Signal | null = null;
  const interrupted = (signal: Signal): void => {
    if (first !== null) process.exit(exitOfSignal[first]);
    first = signal;
    stop();
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  return {
    exitCode: () => (first === null ? null : exitOfSignal[first]),
    release: () => {
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
    },
  };
}
