/**
 * Runs worlds for as long as one likes: `npm run simulate -- 5000` seeds, `npm run simulate -- 60m` minutes, from a seed that nobody
 * has chosen, or from `--from <seed>`; `--seed <seed>` shows everything that happens in one of them. `--kind kinesis` leaves out the seeds
 * whose world has another kind of broker.
 */
import { systemRandom } from '../../src/core/entropy.ts';
import { describeTotals, seedsFrom, simulateSeeds } from './seeds.ts';
import { settingOf } from './setting.ts';
import { simulateSeed } from './simulate-seed.ts';

const words = process.argv.slice(2);
const flag = (name: string): string | null => {
  const at = words.indexOf(name);
  return at < 0 ? null : (words.splice(at, 2)[1] ?? null);
};
const number = (text: string | null): number | null => (text === null ? null : Number(text));
const only = number(flag('--seed'));
const from = number(flag('--from')) ?? Math.floor(systemRandom() * 2 ** 40);
const kind = flag('--kind');

if (only !== null) {
  const { text, wrong, verdict, hash } = await simulateSeed(only, undefined, true);
  console.log(`${text}\nverdict ${verdict}, trace ${hash}\n${wrong.length === 0 ? 'right' : wrong.join('\n')}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  const [amount = '60m'] = words;
  const minutes = amount.endsWith('m') ? Number(amount.slice(0, -1)) : Number.POSITIVE_INFINITY;
  const count = amount.endsWith('m') ? Number.POSITIVE_INFINITY : Number(amount);
  const startMs = performance.now();
  let told = 0;
  console.log(`from seed ${from}`);
  const totals = await simulateSeeds(
    seedsFrom(from, count, (seed) => kind === null || settingOf(seed).kind === kind),
    ({ wrong }) => {
      for (; told < wrong.length; told++) console.log(wrong[told]);
      return performance.now() - startMs < minutes * 60_000;
    },
  );
  for (const text of totals.wrong.slice(told)) console.log(text);
  const elapsed = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${describeTotals(totals)}\nin ${elapsed} s`);
  process.exitCode = totals.wrong.length === 0 ? 0 : 1;
}
