import { once } from 'node:events';
import { systemClock } from '../../src/core/clock.ts';
import { type Figure, startRole } from './rounds.ts';

/** What everything since `begin` cost, told to the parent by `end`. */
export function roleMeter(): { begin(): void; end(events: number): void } {
  const clock = systemClock();
  let before = process.cpuUsage();
  let startUs = 0;
  return {
    begin() {
      before = process.cpuUsage();
      startUs = clock.nowUs();
    },
    end(events) {
      const { user, system } = process.cpuUsage(before);
      const wallSeconds = (clock.nowUs() - startUs) / 1e6;
      process.send?.({ cpuSeconds: (user + system) / 1e6, wallSeconds, events } satisfies Figure);
    },
  };
}

/** Runs a role of the bench file `url` in a process of its own; what it told. */
export async function roleFigure(url: string, args: readonly string[]): Promise<Figure> {
  const child = startRole(url, args);
  const ended = once(child, 'exit');
  const figure = (await Promise.race([once(child, 'message'), ended.then(() => null)])) as [Figure] | null;
  const [code] = (await ended) as [number];
  if (figure === null || code !== 0) throw new Error(`${args[0]} failed`);
  return figure[0];
}
