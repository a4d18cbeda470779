import type { Labels } from './exposition.ts';
import { metricFamilies } from './families.ts';

/** Labels that series have by themselves, or that Prometheus gives a meaning to. */
const taken: ReadonlySet<string> = new Set([
  'run',
  'scenario',
  'le',
  'quantile',
  ...Object.values(metricFamilies).flatMap(({ labels }) => labels as readonly string[]),
]);

/**
 * Labels of every series of a run: `run`, `scenario` and those of `outputs.labels`, which are called `label_…` where their name is taken
 * or belongs to Prometheus (`__…`).
 */
export function runLabels(run: string, scenario: string, own: Labels): Labels {
  const labels: Record<string, string> = { run, scenario };
  const free = (name: string): boolean => !taken.has(name) && !name.startsWith('__') && !Object.hasOwn(labels, name);
  // Those that can keep their name come first, so that none is driven out by one that cannot.
  const kept = Object.entries(own).filter(([name]) => free(name));
  for (const [name, value] of kept) labels[name] = value;
  for (const [name, value] of Object.entries(own)) {
    if (Object.hasOwn(labels, name) && !taken.has(name)) continue;
    let other = `label_${name}`;
    while (!free(other)) other = `label_${other}`;
    labels[other] = value;
  }
  return labels;
}
