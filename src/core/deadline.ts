import type { Clock } from './clock.ts';

/** Settles with `task`, or, when it takes longer than `ms`, with what `late` makes; that may throw. */
export async function withDeadline<T>(clock: Clock, ms: number, task: Promise<T>, late: () => T): Promise<T> {
  let cancel = (): void => {};
  const tooLate = new Promise<T>((resolve, reject) => {
    cancel = clock.after(ms, () => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    });
  });
  return Promise.race([task, tooLate]).finally(() => cancel());
}
