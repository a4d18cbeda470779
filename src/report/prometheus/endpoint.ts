import type { Clock, Micros } from '../../core/clock.ts';
import { formatDuration } from '../../core/units.ts';
import type { RunResult } from '../../metrics/result.ts';
import type { LiveRun } from '../../runner/live-run.ts';
import { type Page, servePage } from '../../runner/page-server.ts';
import type { RunObserver } from '../../runner/run-options.ts';
import type { ListenAddress } from '../../scenario/listen-address.ts';
import { contentTypes, type Exposition, expose, type Samples } from './exposition.ts';
import { negotiate } from './negotiate.ts';
import { runLabels } from './run-labels.ts';
import { runSamples } from './run-samples.ts';
import { ScrapeRhythm } from './scrape-rhythm.ts';

/** However many ask, the figures are read at most this often. */
const REFRESH_US: Micros = 250_000;
const POLL_MS = 20;

export interface EndpointOptions {
  address: ListenAddress;
  /** Where the address comes from, for errors. */
  where: string;
  /** Version of iotload. */
  version: string;
  clock: Clock;
}

/** `/metrics` of a run. */
export interface PrometheusEndpoint {
  url: string;
  /** Belongs to the run's observer. */
  observer: Pick<RunObserver, 'live'>;
  /**
   * The run is over. Where somebody has fetched the page at a steady rhythm, resolves when the figures of the end have been fetched too, or
   * should have been; else at once. `waiting` is told how long that may take; `hurried` says that nobody has the time.
   */
  finished(result: RunResult, waiting: (text: string) => void, hurried: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Serves the figures of a run that is about to start. Rejects with `bad-arguments` where the address cannot be listened on. */
export async function openPrometheus({ address, where, version, clock }: EndpointOptions): Promise<PrometheusEndpoint> {
  const rhythm = new ScrapeRhythm();
  let run: LiveRun | null = null;
  let result: RunResult | null = null;
  let pages: { atUs: Micros; of: RunResult | null; samples: Samples } | null = null;
  /** Whether what was handed over last told of the end. */
  let toldEnd = false;
  const node = process.versions.node;

  const samplesNow = (): Samples => {
    const nowUs = clock.nowUs();
    if (pages !== null && pages.of === result && nowUs < pages.atUs + REFRESH_US) return pages.samples;
    const build = { labels: { version, node }, value: 1 };
    const samples: Samples =
      run === null
        ? new Map([['iotload_build', [build]] as const])
        : runSamples(
            {
              version,
              node,
              seed: run.plan.seed,
              shard: run.shard,
              planDigest: run.planDigest,
              workers: run.workers,
            },
            run.read(),
            result,
          );
    pages = run === null ? null : { atUs: nowUs, of: result, samples };
    return samples;
  };
  const page = (form: Exposition): Page => {
    const common = run === null ? {} : runLabels(run.runId, run.plan.name, run.plan.outputs.labels);
    return { type: contentTypes[form], body: expose(samplesNow(), common, form) };
  };
  const server = await servePage({
    address,
    where,
    path: '/metrics',
    render: (accept) => page(negotiate(accept)),
    served: () => {
      rhythm.at(clock.nowUs());
      toldEnd = pages !== null && pages.of !== null;
    },
  });
  return {
    url: server.url,
    observer: {
      live: (started) => {
        run = started;
      },
    },
    async finished(settled, waiting, hurried) {
      result = settled;
      const byUs = rhythm.nextBy();
      const leftUs = byUs === null ? 0 : byUs - clock.nowUs();
      if (byUs === null || leftUs <= 0 || hurried()) return;
      waiting(`waiting up to ${formatDuration(Math.ceil(leftUs / 1e6) * 1e6)} for the last scrape of ${server.url}`);
      await new Promise<void>((resolve) => {
        const cancel = clock.every(POLL_MS, () => {
          if (!toldEnd && !hurried() && clock.nowUs() < byUs) return;
          cancel();
          resolve();
        });
      });
    },
    close: () => server.close(),
  };
}
