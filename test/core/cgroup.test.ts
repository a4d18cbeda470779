import { expect, it } from 'vitest';
import { type CgroupReading, cgroupReader } from '../../src/core/cgroup.ts';

type Files = Record<string, string>;

const v2Stat = 'usage_usec 5\nnr_periods 100\nnr_throttled 43\nthrottled_usec 2500000\n';
const v1Stat = 'nr_periods 100\nnr_throttled 43\nthrottled_time 2500000000\n';
const idle = 'nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n';
const throttling = { periods: 100, throttled: 43, throttledUs: 2_500_000 };
const memory = { usedBytes: 700, limitBytes: 1_000 };

it.each<[string, Files, CgroupReading]>([
  ['a system without control groups', {}, { throttling: [], memory: [] }],
  [
    'version 2, with a bound on the group and one around it',
    {
      '/proc/self/cgroup': '0::/pods/mine\n',
      '/sys/fs/cgroup/pods/mine/cpu.stat': v2Stat,
      '/sys/fs/cgroup/pods/mine/memory.max': 'max\n',
      '/sys/fs/cgroup/pods/mine/memory.current': '900\n',
      '/sys/fs/cgroup/pods/cpu.stat': idle,
      '/sys/fs/cgroup/pods/memory.max': '1000\n',
      '/sys/fs/cgroup/pods/memory.current': '900\n',
      '/sys/fs/cgroup/pods/memory.stat': 'anon 1\ninactive_file 200\n',
      '/sys/fs/cgroup/cpu.stat': 'usage_usec 7\n',
    },
    { throttling: [throttling], memory: [memory] },
  ],
  [
    'version 2 as a container sees it',
    { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.stat': v2Stat },
    { throttling: [throttling], memory: [] },
  ],
  [
    'a path out of what a container sees',
    { '/proc/self/cgroup': '0::/../other\n', '/sys/fs/cgroup/cpu.stat': v2Stat },
    { throttling: [throttling], memory: [] },
  ],
  [
    'version 1, its controllers mounted together',
    {
      '/proc/self/cgroup': '9:name=systemd:/x\n4:memory:/job\n1:cpu,cpuacct:/job\n0::/\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 0\n',
      '/sys/fs/cgroup/cpu,cpuacct/job/cpu.stat': v1Stat,
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '5000\n',
      '/sys/fs/cgroup/memory/job/memory.limit_in_bytes': '1000\n',
      '/sys/fs/cgroup/memory/job/memory.usage_in_bytes': '750\n',
      '/sys/fs/cgroup/memory/job/memory.stat': 'inactive_file 1\ntotal_inactive_file 50\n',
    },
    { throttling: [throttling], memory: [memory] },
  ],
  [
    'version 1, each controller by itself',
    { '/proc/self/cgroup': '1:cpu:/\n', '/sys/fs/cgroup/cpu/cpu.stat': v1Stat },
    { throttling: [throttling], memory: [] },
  ],
])('reads %s', (_, files, expected) => {
  expect(cgroupReader((path) => files[path] ?? null)()).toEqual(expected);
});

it('reads anew each time', () => {
  const files: Files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.stat': v2Stat };
  const read = cgroupReader((path) => files[path] ?? null);
  read();
  files['/sys/fs/cgroup/cpu.stat'] = v2Stat.replace('43', '44');
  expect(read().throttling).toEqual([{ ...throttling, throttled: 44 }]);
  delete files['/sys/fs/cgroup/cpu.stat'];
  expect(read().throttling).toEqual([]);
});
