import { forkSibling } from '../core/child-process.ts';
import { IotloadError } from '../core/errors.ts';
import type { BrokerReply, BrokerRequest } from './broker-messages.ts';
import type { BrokerOptions, EmbeddedBroker } from './embedded-broker.ts';

/** Which broker it is. */
export interface BrokerKind {
  /** The module `process` beside this one is its process. */
  callerUrl: string;
  /** As errors name it. */
  name: string;
  /** Of its endpoint. */
  scheme: string;
}

/**
 * Starts an embedded broker on a port of 127.0.0.1, a free one unless the options say, in a process of its own.
 * @throws IotloadError `target-unreachable` when the process does not come up, `bad-arguments` when the port is taken
 */
export function startBrokerProcess(
  { callerUrl, name, scheme }: BrokerKind,
  { port = 0, faultSeed, unlimited = false }: BrokerOptions,
): Promise<EmbeddedBroker> {
  const child = forkSibling(callerUrl, 'process', [
    `${port}`,
    `${faultSeed ?? ''}`,
    ...(unlimited ? ['unlimited'] : []),
  ]);
  const asked = new Map<number, (usage: { cpuSeconds: number; rssBytes: number }) => void>();
  const last = { cpuSeconds: 0, rssBytes: 0 };
  let nextId = 0;
  let over = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      over = true;
      for (const answer of asked.values()) answer({ ...last });
      asked.clear();
      resolve();
    });
  });
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      reject(new IotloadError('target-unreachable', `the embedded ${name} broker did not start: ${what}`));
    };
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`));
    child.on('message', (reply: BrokerReply) => {
      switch (reply.kind) {
        case 'failed':
          if (reply.code === 'EADDRINUSE' || reply.code === 'EACCES') reject(portTaken(port, reply.code));
          else fail(reply.message);
          child.disconnect();
          return;
        case 'usage':
          last.cpuSeconds = reply.cpuSeconds;
          last.rssBytes = reply.rssBytes;
          asked.get(reply.id)?.({ ...last });
          asked.delete(reply.id);
          return;
        case 'listening':
          resolve({
            endpoint: `${scheme}://127.0.0.1:${reply.port}`,
            ended: exited,
            stop() {
              if (child.connected) child.disconnect();
              return exited;
            },
            inject(faults) {
              if (child.connected) child.send({ kind: 'inject', faults } satisfies BrokerRequest);
            },
            usage() {
              if (over || !child.connected) return Promise.resolve({ ...last });
              return new Promise((answer) => {
                const request: BrokerRequest = { kind: 'usage', id: nextId++ };
                asked.set(request.id, answer);
                child.send(request);
              });
            },
          });
      }
    });
  });
}

function portTaken(port: number, code: string): IotloadError {
  const what = code === 'EACCES' ? 'this user may not listen there' : 'somebody listens there already';
  return new IotloadError('bad-arguments', what, {
    where: '--port',
    value: `${port}`,
    hint: 'take another; 0 is any free one',
  });
}
