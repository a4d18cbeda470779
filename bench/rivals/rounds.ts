import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What one run of a rival cost. */
export interface Figure {
  /** User and system time of the process under test. */
  cpuSeconds: number;
  wallSeconds: number;
  events: number;
}

/** One run of a rival; null where it is not installed. */
export type Rival = () => Promise<Figure | null>;

/** Starts a role of the bench file `url` in a process of its own. */
export function startRole(url: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(url), args, { execArgv: ['--import', 'tsx'] });
}

/** What one run of a command cost, and its exit code. */
export interface TimedCommand {
  cpuSeconds: number;
  wallSeconds: number;
  code: number | null;
}

/** A command measured whole, by the shell; null where it cannot be found. */
export async function timedCommand(command: string, args: readonly string[]): Promise<TimedCommand | null> {
  const script = `command -v "$0" >/dev/null || exit 127; TIMEFORMAT='figures %U %S %R'; time "$0" "$@" >/dev/null 2>&1`;
  const child = spawn('bash', ['-c', script, command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 127) return null;
  const [, user, system, real] = (/figures (\S+) (\S+) (\S+)/.exec(said) ?? []).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return { cpuSeconds: user + system, wallSeconds: real, code };
}

/** Lets rivals take turns for some rounds and prints the median of each, with the ratio of the first to it. */
export async function compareRivals(
  title: string,
  rounds: number,
  rivals: Readonly<Record<string, Rival>>,
): Promise<void> {
  const figures = new Map<string, Figure[]>(Object.keys(rivals).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(rivals)) {
      const figure = await run();
      if (figure !== null) figures.get(name)?.push(figure);
    }
  }
  console.log(`${title}: CPU s per million (all rounds), events/s, ours as a share of it`);
  let own = Number.NaN;
  for (const [name, all] of figures) {
    if (all.length === 0) {
      console.log(`  ${name.padEnd(18)} not installed`);
      continue;
    }
    const cost = all.map(({ cpuSeconds, events }) => (cpuSeconds / events) * 1e6).sort((a, b) => a - b);
    const rate = all.map(({ wallSeconds, events }) => events / wallSeconds).sort((a, b) => a - b);
    const median = cost[cost.length >> 1] as number;
    if (Number.isNaN(own)) own = median;
    const spread = cost.map((value) => value.toFixed(2)).join(' ');
    const perSecond = Math.round((rate[rate.length >> 1] as number) / 1000);
    console.log(
      `  ${name.padEnd(18)} ${median.toFixed(2)} (${spread})  ${perSecond} k/s  ${(own / median).toFixed(2)}`,
    );
  }
}
