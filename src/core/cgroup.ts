import type { ReadSystemFile } from './system-file.ts';

/** What a CPU quota has done so far: periods in which it counted, those in which it was used up, and the time that was then waited. */
export interface Throttling {
  periods: number;
  throttled: number;
  throttledUs: number;
}

/** Memory that cannot be given back, of what a group of processes may use. */
export interface MemoryUse {
  usedBytes: number;
  limitBytes: number;
}

/** What the control groups of this process say, one entry for the group itself and each around it that sets a bound. */
export interface CgroupReading {
  throttling: Throttling[];
  memory: MemoryUse[];
}

/** Where one version of control groups keeps what is asked here. */
interface Layout {
  throttledUs(stat: ReadonlyMap<string, number>): number;
  used: string;
  limit: string;
  /** Key of `memory.stat`: file pages that nobody used lately, which are given back before a limit hurts. */
  spare: string;
}

const v1: Layout = {
  throttledUs: (stat) => (stat.get('throttled_time') ?? 0) / 1000,
  used: 'memory.usage_in_bytes',
  limit: 'memory.limit_in_bytes',
  spare: 'total_inactive_file',
};
const v2: Layout = {
  throttledUs: (stat) => stat.get('throttled_usec') ?? 0,
  used: 'memory.current',
  limit: 'memory.max',
  spare: 'inactive_file',
};

/** No machine has as much; version 1 writes "no limit" as a number of this size. */
const NO_LIMIT_BYTES = 2 ** 60;

/** Returns a function that reads the control groups of this process as they are now. Nothing is found where there are none. */
export function cgroupReader(read: ReadSystemFile): () => CgroupReading {
  const cpu = groupsOf(read, 'cpu', 'cpu.stat');
  const memory = [...groupsOf(read, 'memory', v2.limit), ...groupsOf(read, 'memory', v1.limit)];
  return () => ({
    throttling: cpu.flatMap(({ dir, layout }) => throttlingOf(numbersOf(read(`${dir}/cpu.stat`)), layout)),
    memory: memory.flatMap(({ dir, layout }) => memoryOf(read, dir, layout)),
  });
}

/** Directories of this process's group and those around it that have `file`, innermost first. */
function groupsOf(read: ReadSystemFile, controller: string, file: string): { dir: string; layout: Layout }[] {
  const groups: { dir: string; layout: Layout }[] = [];
  for (const [, controllers, path] of (read('/proc/self/cgroup') ?? '').matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    const unified = controllers === '';
    if (!unified && !(controllers as string).split(',').includes(controller)) continue;
    const mounts = unified ? [''] : [`/${controllers}`, `/${controller}`];
    const mount = mounts.find((name) => read(`/sys/fs/cgroup${name}/${file}`) !== null) ?? (mounts[0] as string);
    for (const group of around(path as string)) {
      const dir = `/sys/fs/cgroup${mount}${group}`;
      if (read(`${dir}/${file}`) !== null) groups.push({ dir, layout: unified ? v2 : v1 });
    }
  }
  return groups;
}

/** `/a/b` → `/a/b`, `/a` and the root. A path out of what this process sees of the tree leaves the root. */
function around(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.includes('..')) return [''];
  return Array.from({ length: parts.length + 1 }, (_, i) =>
    parts.slice(0, parts.length - i).reduce((dir, part) => `${dir}/${part}`, ''),
  );
}

function throttlingOf(stat: ReadonlyMap<string, number>, layout: Layout): Throttling[] {
  const periods = stat.get('nr_periods') ?? 0;
  if (periods === 0) return [];
  return [{ periods, throttled: stat.get('nr_throttled') ?? 0, throttledUs: layout.throttledUs(stat) }];
}

function memoryOf(read: ReadSystemFile, dir: string, { used, limit, spare }: Layout): MemoryUse[] {
  // "max" is no number, and no limit.
  const limitBytes = Number(read(`${dir}/${limit}`) ?? Number.NaN);
  const inUse = Number(read(`${dir}/${used}`) ?? Number.NaN);
  if (!(limitBytes > 0 && limitBytes < NO_LIMIT_BYTES && inUse >= 0)) return [];
  const spareBytes = numbersOf(read(`${dir}/memory.stat`)).get(spare) ?? 0;
  return [{ usedBytes: Math.max(0, inUse - spareBytes), limitBytes }];
}

/** Lines of `name number`. */
function numbersOf(text: string | null): Map<string, number> {
  return new Map(
    Array.from((text ?? '').matchAll(/^(\S+) (\d+)$/gm), ([, name, value]) => [name as string, Number(value)]),
  );
}
