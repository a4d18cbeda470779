import type { Clock } from '../core/clock.ts';
import { newRunId } from '../core/entropy.ts';
import { type ErrorCode, IotloadError } from '../core/errors.ts';
import type { Plan, TargetPlan } from '../plan/plan.ts';
import { isRead } from '../plan/readings.ts';
import { targetOf } from '../targets/registry.ts';
import type { NoticeKind } from '../targets/target.ts';
import { checkCertificates, checkServerCertificate } from './doctor-certificates.ts';
import { ClockCheck } from './doctor-clock.ts';
import { checkEventFile, checkResults } from './doctor-files.ts';
import { Marker } from './doctor-marker.ts';
import { dial } from './doctor-reach.ts';
import { checkMachine } from './preflight.ts';
import { prepareTarget } from './prepare-targets.ts';
import { inDirectory, startEmbeddedBrokers } from './real-targets.ts';
import { openReader, openWriter, type Party } from './target-parties.ts';

/** One question that was asked, and the answer. */
export interface Finding {
  check: string;
  /** `unknown`: it cannot be told, or was not asked; no reason not to run. */
  status: 'good' | 'bad' | 'unknown';
  detail: string;
  /** What to do about a bad one. */
  remedy: string | null;
  /** Of a bad one. */
  code: ErrorCode | null;
}

export interface DoctorOptions {
  plan: Plan;
  /** Worker threads that the run will have. */
  workers: number;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  finding(finding: Finding): void;
}

/** Asks a question and tells the answer: a detail, or the IotloadError that was thrown. Resolves with whether it was good. */
export type Ask = (check: string, answer: () => Promise<string>) => Promise<boolean>;

type Tell = (check: string, status: Finding['status'], detail: string) => void;

/**
 * Goes the way of a plan's events with one device and a few markers, before any load: files, this machine's clock, the network, the
 * login, the rights to publish and to read. Stops asking where one answer decides the next.
 */
export async function examine({ plan, workers, clock, env, finding }: DoctorOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tell: Tell = (check, status, detail) => {
    add({ check, status, detail, remedy: null, code: null });
  };
  const add = (one: Finding): void => {
    findings.push(one);
    finding(one);
  };
  const ask: Ask = async (check, answer) => {
    try {
      tell(check, 'good', await answer());
      return true;
    } catch (error) {
      if (!(error instanceof IotloadError)) throw error;
      add({ check, status: 'bad', detail: error.message, remedy: error.hint ?? null, code: error.code });
      return false;
    }
  };

  const clocks = new ClockCheck(clock);
  await ask('results', () => checkResults(plan.outputs.dir));
  const runId = newRunId();
  const real = await startEmbeddedBrokers(inDirectory(plan, ''));
  try {
    await ask('this machine', async () => {
      await checkMachine(real.plan, runId, { index: 0, count: 1 }, workers);
      return 'open files, local ports and credentials suffice';
    });
    for (const target of plan.targets.keys()) {
      await examineTarget({ plan: real.plan, target, runId, clock, env, firstDeviceOnly: true }, ask, tell);
    }
  } finally {
    await real.stop();
  }
  await ask('clock', async () => clocks.steady());
  const [status, detail] = clocks.synchronised();
  tell('time sync', status, detail);
  return findings;
}

async function examineTarget(party: Party, ask: Ask, tell: Tell): Promise<void> {
  const { plan, target, clock } = party;
  const { name, protocol, options } = plan.targets[target] as TargetPlan;
  const label = (check: string): string => (plan.targets.length === 1 ? check : `${name}: ${check}`);
  const { hosts, address, secure = false } = targetOf(protocol).traits(options);
  if (address === 'none' && hosts.length === 0) {
    if (typeof options['path'] === 'string') await ask(label('file'), () => checkEventFile(options['path'] as string));
    else tell(label('target'), 'unknown', `${protocol}: nothing to reach`);
    return;
  }
  const askHere: Ask = (check, answer) => ask(label(check), answer);
  if (!(await checkCertificates(options['tls'], askHere, clock.wallUs() / 1000))) return;
  for (const host of hosts) {
    if (!(await askHere('reach', () => dial(host, secure, clock)))) return;
    if (secure) await askHere('server certificate', () => checkServerCertificate(host, clock));
  }
  const tellHere: Tell = (check, status, detail) => tell(label(check), status, detail);
  // What it creates stays, so it is always the same.
  const here = address === 'key' ? { ...party, runId: 'doctor' } : party;
  const prepared = await prepareHere(here, askHere, tellHere);
  if (prepared !== false) await examineWay(here, { login: prepared === null }, askHere, tellHere);
}

/** Lets the target prepare itself, which takes a login. Whether it could; null where there is nothing to prepare. */
async function prepareHere({ plan, target, runId, clock, env }: Party, ask: Ask, tell: Tell): Promise<boolean | null> {
  const { protocol } = plan.targets[target] as TargetPlan;
  if (targetOf(protocol).prepare === undefined) return null;
  const notice = (_name: string, _kind: NoticeKind, detail: string): void => tell('settings', 'unknown', detail);
  const ahead = { clock, runId, env, notice };
  return ask('login', async () => (await prepareTarget(plan, plan.targets[target] as TargetPlan, ahead)) ?? '');
}

/** Login, then markers on each fleet's own way. */
async function examineWay(party: Party, { login }: { login: boolean }, ask: Ask, tell: Tell): Promise<void> {
  const { plan, target } = party;
  const closing: (() => Promise<void>)[] = [];
  try {
    const marker = new Marker(party);
    const loggedIn = await ask(login ? 'login' : 'connect', async () => {
      const sink = await openWriter(party, () => {});
      closing.push(() => sink.close());
      marker.publishWith(sink);
      if (!login) return 'every broker that the run needs';
      const { username } = plan.targets[target]?.options ?? {};
      return typeof username === 'string' ? `accepted, user ${username}` : 'accepted, without a user name';
    });
    if (!loggedIn) return;
    const reads = isRead(plan, target) && plan.fleets.some((fleet) => fleet.target === target);
    const { protocol, options } = plan.targets[target] as TargetPlan;
    const subscribe = targetOf(protocol).traits(options).address === 'topic' ? 'subscribe' : 'read';
    if (!reads) tell(subscribe, 'unknown', 'delivery is not checked here');
    const reading =
      reads &&
      (await ask(subscribe, async () => {
        const source = await openReader(party, { delivered: (batch) => marker.read(batch), notice: () => {} });
        closing.push(() => source.close());
        return 'granted';
      }));
    for (const fleet of plan.fleets) {
      if (fleet.target !== target) continue;
      const suffix = plan.fleets.length === 1 ? '' : ` ${fleet.name}`;
      const published = await ask(`publish${suffix}`, () => marker.publish(fleet));
      if (published && reading) await ask(`read back${suffix}`, () => marker.seen(fleet));
    }
  } finally {
    for (const close of closing) await close();
  }
}
