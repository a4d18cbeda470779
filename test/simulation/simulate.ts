/**
 * Runs worlds for as long as one likes: `npm run simulate -- 5000` seeds, `npm run simulate -- 60m` minutes, from a seed that nobody
 * has chosen, or from `--from <seed>`; `--seed <seed>` shows everything that happens in one of them.
 */
import { systemRandom } from '../../src/core/entropy.ts';
import { describeTotals, seedsFrom, simulateSeeds } from './seeds.ts';
import { simulateSeed } from './simulate-seed.ts';

const words = process.argv.slice(2);
const flag = (name: string): number | null => {
  const at = words.indexOf(name);
  return at < 0 ? null : Number(words.splice(at, 2)[1]);
};
const only = flag('--seed');
const from = flag('--from') ?? Math.floor(systemRandom() * 2 ** 40);

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
  const totals = await simulateSeeds(seedsFrom(from, count), ({ wrong }) => {
    for (; told < wrong.length; told++) console.log(wrong[told]);
    return performance.now() - startMs < minutes * 60_000;
  });
  for (const text of totals.wrong.slice(told)) console.log(text);
  const elapsed = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${describeTotals(totals)}\nin ${elapsed} s`);
  process.exitCode = totals.wrong.length === 0 ? 0 : 1;
}
