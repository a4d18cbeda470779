import type { IntervalName } from '../../metrics/result.ts';
import type { Stretch, Timeline } from '../timeline/timeline.ts';
import type { Plot } from './page.ts';

/** Points of a chart; more would not be told apart, and the page has to stay small. */
const MOST_POINTS = 700;

type Value = (stretch: Stretch) => number | null;

/** The charts of a run over time, as far as there is something to show. */
export function plotsOf({ stretches }: Timeline): Plot[] {
  const groups = grouped(stretches);
  const columns = (values: readonly Value[]): (number | null)[][] => [
    groups.map((group) => rounded(((group[0] as Stretch).fromUs + (group.at(-1) as Stretch).toUs) / 2e6)),
    ...values.map((value) => groups.map((group) => mean(group, value))),
  ];
  const highest = (values: readonly Value[]): (number | null)[][] => [
    ...columns([]),
    ...values.map((value) => groups.map((group) => most(group, value))),
  ];
  const rate =
    (name: 'due' | 'sent' | 'acked' | 'notSent' | 'received'): Value =>
    (stretch) => {
      const count = stretch[name];
      return count === null ? null : (count * 1e6) / (stretch.toUs - stretch.fromUs);
    };
  const latency =
    (interval: IntervalName, stat: 'p50' | 'p99'): Value =>
    (stretch) =>
      stretch.latency[interval][stat];
  const throughput: Plot = {
    id: 'plot-throughput',
    unit: 'rate',
    logarithmic: false,
    series: [
      { label: 'due', colour: 'due', dash: true },
      { label: 'sent', colour: 'sent' },
      { label: 'acknowledged', colour: 'acked' },
      { label: 'read back', colour: 'received' },
      { label: 'not sent', colour: 'shed' },
    ],
    columns: columns([rate('due'), rate('sent'), rate('acked'), rate('received'), rate('notSent')]),
  };
  const times: Plot = {
    id: 'plot-latency',
    unit: 'time',
    logarithmic: true,
    series: [
      { label: 'response p50', colour: 'sent' },
      { label: 'response p99', colour: 'shed' },
      { label: 'end to end p99', colour: 'received' },
      { label: 'schedule lag p99', colour: 'lag', dash: true },
    ],
    columns: highest([
      latency('responseTime', 'p50'),
      latency('responseTime', 'p99'),
      latency('endToEnd', 'p99'),
      latency('scheduleLag', 'p99'),
    ]).map((column, i) => (i === 0 ? column : column.map((us) => (us === null ? null : Math.max(1, us))))),
  };
  const machine: Plot = {
    id: 'plot-cpu',
    unit: 'share',
    logarithmic: false,
    series: [
      { label: 'generator, of one processor', colour: 'sent' },
      { label: 'its busiest worker', colour: 'lag' },
      { label: 'verifier', colour: 'received' },
    ],
    columns: columns([({ cpu }) => cpu, ({ busy }) => busy, ({ verifierCpu }) => verifierCpu]),
  };
  const memory: Plot = {
    id: 'plot-memory',
    unit: 'bytes',
    logarithmic: false,
    series: [
      { label: 'generator', colour: 'sent' },
      { label: 'verifier', colour: 'received' },
    ],
    columns: highest([({ rssBytes }) => rssBytes, ({ verifierRssBytes }) => verifierRssBytes]),
  };
  const waiting: Plot = {
    id: 'plot-waiting',
    unit: 'count',
    logarithmic: false,
    series: [
      { label: 'held back', colour: 'wait' },
      { label: 'throttled', colour: 'shed' },
      { label: 'connections lost', colour: 'lag' },
    ],
    columns: highest([({ waiting }) => waiting, ({ throttled }) => throttled, ({ disconnected }) => disconnected]),
  };
  return [throughput, times, waiting, machine, memory];
}

/** Whether anything but zero is in a chart. */
export function showsSomething({ columns }: Plot): boolean {
  return columns.slice(1).some((column) => column.some((value) => value !== null && value !== 0));
}

function grouped(stretches: readonly Stretch[]): Stretch[][] {
  const size = Math.max(1, Math.ceil(stretches.length / MOST_POINTS));
  return Array.from({ length: Math.ceil(stretches.length / size) }, (_, i) =>
    stretches.slice(i * size, (i + 1) * size),
  );
}

function mean(group: readonly Stretch[], value: Value): number | null {
  let [sum, us] = [0, 0];
  for (const stretch of group) {
    const one = value(stretch);
    if (one === null) continue;
    sum += one * (stretch.toUs - stretch.fromUs);
    us += stretch.toUs - stretch.fromUs;
  }
  return us === 0 ? null : rounded(sum / us);
}

function most(group: readonly Stretch[], value: Value): number | null {
  const values = group.map(value).filter((one) => one !== null);
  return values.length === 0 ? null : rounded(Math.max(...values));
}

/** Four significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
