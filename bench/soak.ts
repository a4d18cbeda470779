import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes } from '../src/core/units.ts';
import { formatGrowth, type GrowthMetric } from '../src/metrics/format-growth.ts';
import type { Growth, RunResult } from '../src/metrics/result.ts';

/*
 * Do generator and verifier take more memory or descriptors, or get later, while they work? The shipped soak at 5 000 events a second into the
 * embedded broker, every event read back. Prints each slope per hour with the interval that holds it at 95 %, and how large the run's files are.
 *
 *   node --import tsx bench/soak.ts [MINUTES]        default 20, after a warm-up of a tenth of that
 */

const minutes = Number(process.argv[2] ?? 20);
if (!(minutes > 0)) throw new Error('MINUTES is a positive number');
const space = mkdtempSync(join(tmpdir(), 'iotload-soak-'));
const out = join(space, 'run');
/** Exit codes after which there is a result: pass, fail, inconclusive. */
const judged: readonly (number | null)[] = [0, 1, 3];

function line(who: string, metric: GrowthMetric, growth: Growth | null | undefined): string {
  const told = growth == null ? 'too little was seen to tell a slope' : formatGrowth(metric, growth);
  return `  ${who.padEnd(10)} ${metric.padEnd(20)} ${told}\n`;
}

try {
  const seconds = Math.round(minutes * 60);
  const length = ['--duration', `${seconds}s`, '--set', `run.warm_up=${Math.max(5, Math.round(seconds / 10))}s`];
  const args = ['bin/iotload.js', 'run', 'soak', '--rate', '5k/s', ...length, '--out', out, '--progress', 'none', '-q'];
  const run = spawn(process.execPath, args, { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => run.once('exit', resolve));
  if (!judged.includes(code)) throw new Error(`the run ended with ${code}`);
  const {
    verdict,
    reasons,
    events,
    delivery,
    generator,
    verifier,
    run: told,
  }: RunResult = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  process.stdout.write(
    `${verdict}: ${events.acked} of ${events.intended} acknowledged, ${delivery.verified} verified, in ${Math.round(told.durationSeconds)} s\n` +
      reasons.map((reason) => `  ${reason}\n`).join('') +
      line('generator', 'rss_growth', generator.growth?.rss) +
      line('generator', 'descriptor_growth', generator.growth?.descriptors) +
      line('generator', 'schedule_lag_growth', generator.growth?.scheduleLag) +
      line('verifier', 'rss_growth', verifier.growth?.rss) +
      line('verifier', 'descriptor_growth', verifier.growth?.descriptors) +
      `  at most    ${formatBytes(generator.peakRssBytes)} and ${formatBytes(verifier.peakRssBytes)}\n` +
      `  files      ${readdirSync(out)
        .map((name) => `${name} ${formatBytes(statSync(join(out, name)).size)}`)
        .join(', ')}\n`,
  );
  process.exitCode = code ?? 1;
} finally {
  rmSync(space, { recursive: true, force: true });
}
