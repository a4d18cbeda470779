import { printable } from '../core/printable-text.ts';
import { formatBytes, formatCount, formatCountOf, formatDuration, formatRate } from '../core/units.ts';
import { formatShare } from '../metrics/format-share.ts';
import type { PlanEstimate } from '../plan/estimate.ts';
import type { GeneratorLoad } from '../plan/generator-load.ts';
import { loadText } from '../plan/loads.ts';
import type { Plan, PlannedBridge } from '../plan/plan.ts';
import { readTargets } from '../plan/readings.ts';
import type { CapacityPlan } from '../plan/resolve-capacity.ts';
import { thresholdText } from '../plan/threshold-text.ts';
import { targetOf } from '../targets/registry.ts';
import type { Sizing } from '../targets/sizing.ts';
import { columns } from './columns.ts';

/** What a plan comes to, on one screen of 80 columns. `addresses` are examples, one of each fleet; empty where there are none;
 * `sizings` what each target needs, `capacity` what is looked for by another verb. */
export function planText(
  plan: Plan,
  estimate: PlanEstimate,
  {
    addresses,
    digest,
    generator,
    sizings = [],
    capacity = null,
  }: {
    addresses: readonly string[];
    digest: string;
    generator: GeneratorLoad;
    sizings?: readonly (Sizing | null)[];
    capacity?: CapacityPlan | null;
  },
): string {
  const { sendingUs, waitingUs, workers, connections } = estimate;
  const rows: [string, string][] = [
    [
      'sends',
      `${formatCount(estimate.events)} events in ${formatDuration(sendingUs)}: ${rates(estimate)}; ` +
        `then waits for the last ones, ${formatDuration(waitingUs)} at most`,
    ],
    [
      'bytes',
      `${formatBytes(Math.round(estimate.peakBytesPerSecond))}/s at the peak, ` +
        `${formatBytes(estimate.totalBytes)} in all, protocol overhead apart`,
    ],
    ...plan.targets.map(({ name, protocol, options }): [string, string] => {
      const endpoint = typeof options['endpoint'] === 'string' ? ` ${options['endpoint']}` : '';
      const own = plan.targets.length === 1 ? connections : connectionsTo(estimate, plan, name);
      const connected = own === 0 ? '' : `, ${formatCountOf(own, 'connection')}`;
      const outline = targetOf(protocol).outline?.(options);
      const rest = outline === undefined ? '' : `, ${outline}`;
      return ['target', `${name === 'target' ? '' : `${name}: `}${protocol}${endpoint}${connected}${rest}`];
    }),
    ...(plan.bridges ?? []).map((bridge) => bridgeRow(plan, bridge)),
    ...addresses.flatMap((address, fleet): [string, string][] =>
      address === '' ? [] : [[addressKind(plan, fleet), `such as ${address}`]],
    ),
    ...sizings.flatMap((sizing) => sizing?.lines ?? []).map(([word, text]): [string, string] => [word, text]),
    [
      'runs on',
      `${formatCountOf(workers, 'worker thread')}, ${workers === 1 ? 'one part' : `${workers} parts`}; ` +
        `about ${formatBytes(estimate.memoryBytes)} of memory, ${coresText(generator)} at the peak`,
    ],
    ...shardRows(generator, workers),
    ['verifies', verification(plan)],
    ...plan.thresholds.map((threshold, i): [string, string] => [i === 0 ? 'judges' : '', thresholdText(threshold)]),
    ...(capacity === null ? [] : [capacityRow(capacity)]),
    ['digest', digest.slice(0, 16)],
  ];
  const title = plan.description === '' ? plan.name : `${plan.name}: ${plan.description}`;
  return `${printable(title)}\n\n${fleets(estimate)}\n${columns(rows.map((row) => row.map(printable)))}`;
}

/** A run takes no notice of it. */
function capacityRow(capacity: CapacityPlan): [string, string] {
  const { from, to, holdUs, settleUs, precision, confirm } = capacity;
  const [low, high] = [loadText(capacity, from), loadText(capacity, to)];
  const trials = confirm === 1 ? 'tried once' : `tried ${confirm} times`;
  return [
    'capacity',
    `with the verb capacity: ${low} to ${high}, each for ${formatDuration(holdUs)} after ${formatDuration(settleUs)}; ` +
      `within ${formatShare(precision)}, ${trials}`,
  ];
}

/** Of the workers and of the verifiers. */
function coresText({ sendingCores, readingCores }: GeneratorLoad): string {
  const reading = readingCores === 0 ? '' : ` and ${cores(readingCores)} to read back`;
  return `${cores(sendingCores)} of a core to send${reading}`;
}

/** Two significant digits, not below a hundredth. */
function cores(count: number): string {
  return count < 0.01 ? '0.01' : `${Number(count.toPrecision(2))}`;
}

const limits: Record<keyof GeneratorLoad['shardsBy'], string> = {
  cores: 'its cores',
  memory: 'its memory',
  localPorts: 'its local ports',
  openFiles: 'the files that a process may have open',
};

/** Where one machine like this one is not enough, or more of it has to be used; nothing where all is well. */
function shardRows({ shards, shardsBy, workersPerShard }: GeneratorLoad, workers: number): [string, string][] {
  const most = Object.entries(shardsBy).filter(([, count]) => count === shards);
  const why = most.map(([limit]) => limits[limit as keyof typeof limits]).join(' and ');
  if (shards > 1) {
    const each = `each with --workers ${workersPerShard}`;
    return [
      ['shards', `${formatCount(shards)} machines like this one, by ${why}, ${each}: --shard 0/${shards} and so on`],
    ];
  }
  return workersPerShard > workers ? [['', `so many events need --workers ${workersPerShard}`]] : [];
}

function bridgeRow({ targets }: Plan, { from, to, routes, wrap, faults }: PlannedBridge): [string, string] {
  const percent = (what: string, share: number): string => `${what} ${Number((share * 100).toPrecision(6))} %`;
  const shareOf = (fault: typeof faults.drop): number => (fault !== undefined && 'share' in fault ? fault.share : 0);
  const wrong = [
    ...(faults.drop === undefined ? [] : [percent('drops', shareOf(faults.drop))]),
    ...(faults.double === undefined ? [] : [percent('doubles', shareOf(faults.double))]),
    ...(faults.delayMs === undefined ? [] : [`delays by ${formatDuration(faults.delayMs * 1000)}`]),
    ...(faults.stall === undefined ? [] : ['stalls']),
  ];
  const filters = routes.map(({ filter }) => filter).join(', ');
  const ends = `${targets[from]?.name} → ${targets[to]?.name}`;
  const told = [`${ends}: ${filters}`, ...(wrap === 'rule' ? ['each payload wrapped'] : []), ...wrong];
  return ['bridge', told.join(', ')];
}

/** Of one of several targets: a pool, or what its fleets hold together. */
function connectionsTo({ fleets: all }: PlanEstimate, { targets }: Plan, name: string): number {
  const pool = targets.find((target) => target.name === name)?.options['connections'];
  const held = all.flatMap(({ target, connections }) => (target === name ? [connections ?? 0] : []));
  if (held.length === 0) return 0;
  return typeof pool === 'number' ? pool : held.reduce((sum, count) => sum + count, 0);
}

/** Topic or key. */
function addressKind({ fleets: all, targets }: Plan, fleet: number): string {
  const target = targets[all[fleet]?.target ?? 0];
  return target === undefined ? '' : targetOf(target.protocol).traits(target.options).address;
}

function fleets({ fleets: all }: PlanEstimate): string {
  const heading = ['fleet', 'devices', 'mean', 'peak', 'events', 'bytes each', 'model'];
  const several = new Set(all.map(({ target }) => target)).size > 1;
  const rows = all.map((fleet) => [
    printable(several ? `${fleet.name} → ${fleet.target}` : fleet.name),
    formatCount(fleet.devices),
    formatRate(fleet.meanPerSecond),
    formatRate(fleet.peakPerSecond),
    formatCount(fleet.events),
    `${Math.round(fleet.payloadBytes)}${fleet.addressBytes === 0 ? '' : `+${Math.round(fleet.addressBytes)}`}`,
    printable(fleet.model),
  ]);
  return columns([heading, ...rows], { right: [1, 2, 3, 4, 5] });
}

function rates({ meanPerSecond, peakPerSecond }: PlanEstimate): string {
  const [mean, peak] = [formatRate(meanPerSecond), formatRate(peakPerSecond)];
  return mean === peak ? mean : `${mean} on average, ${peak} at the peak`;
}

function verification({ verify, fleets: all, targets }: Plan): string {
  if (verify === null) return 'nothing: delivery is not checked, the thresholds decide';
  const identities = [...new Set(all.map(({ payload }) => payload.identity))].join(', ');
  const parts = [`${verify.expect}, identity ${identities}`];
  if (verify.order) parts.push('order within each device');
  const nameOf = (target: number): string => targets[target]?.name ?? 'target';
  const read = readTargets({ verify }).map(nameOf).join(' and ');
  const taps = verify.taps === undefined ? '' : `, with taps at ${verify.taps.map(nameOf).join(' and ')}`;
  return `${parts.join(', ')}; read back from ${read === 'target' ? 'the target' : read}${taps}`;
}
