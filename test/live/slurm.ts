import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { sleep, systemClock } from '../../src/core/clock.ts';
import { freePorts } from './ports.ts';

/** A Slurm of our own: one node, this machine, on loopback. */
export interface Slurm {
  /** What its commands need to find it. */
  env: Record<string, string>;
  /** What its processes said. */
  log(): string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** More than one job of the tests runs at once, however few cores there are. */
const CPUS = 8;
const MEMORY_MIB = 16_384;
const STARTS_WITHIN_US = 20_000_000;

/**
 * Starts the installed Slurm with its files in a directory of its own, as whoever runs the tests; resolves when its node is idle. Nobody logs
 * in: everything is on loopback.
 * Throws, saying what is missing, where Slurm is not installed.
 */
export async function startSlurm(): Promise<Slurm> {
  const [controller, daemon, info] = ['slurmctld', 'slurmd', 'sinfo'].map(programOf) as [string, string, string];
  const dir = mkdtempSync(join(tmpdir(), 'iotload-slurm-'));
  const [controllerPort, daemonPort] = await freePorts(2);
  const [node] = hostname().split('.') as [string];
  for (const name of ['state', 'spool']) mkdirSync(join(dir, name));
  const config = [
    'ClusterName=iotload',
    `SlurmctldHost=${node}(127.0.0.1)`,
    `SlurmctldPort=${controllerPort}`,
    `SlurmdPort=${daemonPort}`,
    'AuthType=auth/none',
    'CredType=cred/none',
    `SlurmUser=${userInfo().username}`,
    `SlurmdUser=${userInfo().username}`,
    `StateSaveLocation=${join(dir, 'state')}`,
    `SlurmdSpoolDir=${join(dir, 'spool')}`,
    `SlurmctldPidFile=${join(dir, 'slurmctld.pid')}`,
    `SlurmdPidFile=${join(dir, 'slurmd.pid')}`,
    'ProctrackType=proctrack/pgid',
    'TaskPlugin=task/none',
    'SwitchType=switch/none',
    'MpiDefault=none',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core_Memory',
    'SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1',
    // The node has what is said here, not what is found.
    'SlurmdParameters=config_overrides',
    'JobAcctGatherType=jobacct_gather/none',
    'AccountingStorageType=accounting_storage/none',
    `NodeName=${node} NodeAddr=127.0.0.1 CPUs=${CPUS} RealMemory=${MEMORY_MIB} State=UNKNOWN`,
    `PartitionName=all Nodes=${node} Default=YES MaxTime=INFINITE State=UP`,
  ];
  const file = join(dir, 'slurm.conf');
  writeFileSync(file, `${config.join('\n')}\n`);
  const env = { SLURM_CONF: file };
  let log = '';
  const start = (program: string): ChildProcess => {
    const child = spawn(program, ['-D', '-c'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-100_000);
    });
    return child;
  };
  const children = [start(controller), start(daemon)];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(dir, { recursive: true, force: true });
  };
  const clock = systemClock();
  const untilUs = clock.nowUs() + STARTS_WITHIN_US;
  while (!isIdle(info, env)) {
    if (clock.nowUs() > untilUs || children.some(({ exitCode }) => exitCode !== null)) {
      await stop();
      throw new Error(`Slurm did not start:\n${log}`);
    }
    await sleep(clock, 200);
  }
  return { env, log: () => log, stop };
}

function isIdle(info: string, env: Record<string, string>): boolean {
  try {
    const options = { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...env } } as const;
    return execFileSync(info, ['--noheader', '--format=%T'], options).trim() === 'idle';
  } catch {
    // The controller does not answer yet.
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function programOf(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`${name} is not installed: the live tests need Slurm (Debian: apt-get install slurm-wlm)`);
  return found;
}
