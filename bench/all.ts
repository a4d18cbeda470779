import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

/*
 * Runs every benchmark of this folder, each in a process of its own, one after the other: none meets another's garbage or compiled code.
 * Without the soak and the search for capacities, each of which takes as long as all of them.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));
const apart = ['all.ts', 'soak.ts', 'capacity.ts'];
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !apart.includes(name))
  .sort();

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
console.log(`load of the last minute ${loadavg()[0]?.toFixed(2)}: above 0.5 trust nothing but ratios`);

let failed = 0;
for (const name of names) {
  console.log(`\n== ${name}`);
  const child = spawn(process.execPath, ['--import', 'tsx', `${folder}${name}`], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) continue;
  failed++;
  console.error(`${name} failed`);
}
process.exitCode = failed === 0 ? 0 : 1;
