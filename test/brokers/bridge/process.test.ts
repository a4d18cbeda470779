import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { BridgeReply, BridgeRequest } from '../../../src/brokers/bridge/bridge-messages.ts';
import type { BridgePlan } from '../../../src/brokers/bridge/bridge-plan.ts';
import { deadPort, startAedes } from '../../targets/mqtt/aedes-broker.ts';
import { until } from '../../until.ts';
import { server } from '../kafka/raw-client.ts';

/** The process of a bridge, spoken to by hand. */
function bridgeProcess() {
  const child = fork(fileURLToPath(new URL('../../../src/brokers/bridge/process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  const said: BridgeReply[] = [];
  let exit: number | null | undefined;
  child.on('message', (reply) => said.push(reply as BridgeReply));
  child.on('exit', (code) => {
    exit = code;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ask = (request: BridgeRequest): void => void child.send(request);
  return { ask, said, exit: () => exit };
}

const plan = (from: string, to: string): BridgePlan => ({
  id: 'bridge-process',
  from,
  to,
  routes: [{ filter: 'a/#', topic: 'lake' }],
  wrap: 'none',
  key: 'topic',
  faults: {},
  log: null,
  createsTopics: true,
});

it('starts, counts and stops when it is asked to, and answers each question under its number', async () => {
  const [mqtt, kafka] = [await startAedes(), await server()];
  onTestFinished(() => mqtt.stop());
  const bridge = bridgeProcess();
  bridge.ask({ kind: 'start', plan: plan(mqtt.endpoint, `127.0.0.1:${kafka.port}`) });
  await until(() => bridge.said.length === 1);
  bridge.ask({ kind: 'counts', id: 7 });
  bridge.ask({ kind: 'stop' });
  await until(() => bridge.exit() !== undefined);
  const counts = { came: 0, produced: 0, dropped: 0, doubled: 0, redelivered: 0, open: 0 };
  expect(bridge.said).toEqual([{ kind: 'started' }, { kind: 'counts', id: 7, counts }, { kind: 'stopped', counts }]);
  expect(bridge.exit()).toBe(0);
});

it('says why it cannot start, and ends', async () => {
  const bridge = bridgeProcess();
  const from = `mqtt://127.0.0.1:${await deadPort()}`;
  bridge.ask({ kind: 'start', plan: plan(from, `127.0.0.1:${await deadPort()}`) });
  await until(() => bridge.exit() !== undefined);
  expect(bridge.said).toEqual([{ kind: 'failed', error: expect.objectContaining({ code: 'target-unreachable' }) }]);
  expect(bridge.exit()).toBe(1);
});
