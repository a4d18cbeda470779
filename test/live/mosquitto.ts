import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePorts, listening } from './ports.ts';

/** A Mosquitto of our own on loopback. */
export interface Mosquitto {
  endpoint: string;
  port: number;
  /** What it wrote to its log. */
  log(): string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, upon which it saves its sessions where they are kept; resolves when the process is gone. */
  shutDown(): Promise<void>;
  /** Starts it again on its ports. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

export interface MosquittoOptions {
  /** Users with passwords; without, anyone may connect. */
  users?: Record<string, string>;
  /** Serve TLS with this certificate and key (PEM files). */
  tls?: { cert: string; key: string };
  /** Serve MQTT over WebSocket at `endpoint`, with or without TLS; beside its usual listener, without which it does not start. */
  webSocket?: 'plain' | { cert: string; key: string };
  /** Lines of its access control list; without, everything is allowed. */
  acl?: string[];
  /** Sessions outlive the process, as far as it was shut down in good order. */
  persistent?: true;
  /** What goes to its log: everything by default, which under load costs more than the messages do. */
  log?: 'all' | 'errors';
  /** More lines of mosquitto.conf. */
  config?: string[];
}

/**
 * Starts the installed Mosquitto on free ports of 127.0.0.1, with its files in a directory of its own; resolves when all of them
 * take connections, for Mosquitto opens those for WebSockets later than the others.
 * Throws, saying what is missing, where Mosquitto is not installed.
 */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const binary = programOf('mosquitto');
  const dir = mkdtempSync(join(tmpdir(), 'iotload-mosquitto-'));
  const ports = await freePorts(options.webSocket === undefined ? 1 : 2);
  const [plainPort, port] = [ports[0] as number, ports[ports.length - 1] as number];
  const config = [
    ...(options.persistent === true ? ['persistence true', `persistence_location ${dir}/`] : ['persistence false']),
    options.log === 'errors' ? 'log_type error' : 'log_type all',
    'sys_interval 1',
    `user ${userInfo().username}`,
    `listener ${plainPort} 127.0.0.1`,
  ];
  if (options.users === undefined) {
    config.push('allow_anonymous true');
  } else {
    const file = join(dir, 'passwords');
    writeFileSync(file, '');
    for (const [user, password] of Object.entries(options.users)) {
      execFileSync(programOf('mosquitto_passwd'), ['-b', file, user, password]);
    }
    config.push('allow_anonymous false', `password_file ${file}`);
  }
  if (options.tls !== undefined) config.push(`certfile ${options.tls.cert}`, `keyfile ${options.tls.key}`);
  if (options.acl !== undefined) {
    writeFileSync(join(dir, 'acl'), [...options.acl, ''].join('\n'), { mode: 0o600 });
    config.push(`acl_file ${join(dir, 'acl')}`);
  }
  const listenerConfig: string[] = [];
  if (options.webSocket !== undefined) {
    listenerConfig.push(`listener ${port} 127.0.0.1`, 'protocol websockets');
    if (options.webSocket !== 'plain') {
      listenerConfig.push(`certfile ${options.webSocket.cert}`, `keyfile ${options.webSocket.key}`);
    }
  }
  const configFile = join(dir, 'mosquitto.conf');
  writeFileSync(configFile, [...config, ...(options.config ?? []), ...listenerConfig, ''].join('\n'));
  let log = '';
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(binary, ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-100_000);
    });
    await listening(ports, { name: 'mosquitto', alive: () => child.exitCode === null, log: () => log });
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  await start();
  return {
    endpoint: endpointOf(options, port),
    port,
    log: () => log,
    kill: () => kill('SIGKILL'),
    shutDown: () => kill('SIGTERM'),
    restart: start,
    async stop() {
      await kill('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** An authority of our own and a certificate for 127.0.0.1 that it signed, as PEM files in `dir`. */
export function makeCertificates(): { dir: string; ca: string; cert: string; key: string; otherCa: string } {
  const openssl = programOf('openssl');
  const dir = mkdtempSync(join(tmpdir(), 'iotload-tls-'));
  const file = (name: string): string => join(dir, name);
  const run = (...args: string[]): unknown => execFileSync(openssl, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  mkdirSync(dir, { recursive: true });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['ca', 'other-ca']) {
    run('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`));
  }
  run('req', ...newKey.slice(0, 5), '-subj', '/CN=broker', '-keyout', file('broker.key'), '-out', file('broker.csr'));
  writeFileSync(file('broker.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const sign = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2'];
  run('x509', '-req', '-in', file('broker.csr'), ...sign, '-extfile', file('broker.ext'), '-out', file('broker.pem'));
  return { dir, ca: file('ca.pem'), cert: file('broker.pem'), key: file('broker.key'), otherCa: file('other-ca.pem') };
}

function programOf(name: string): string {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/opt/homebrew/sbin',
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `${name} is not installed: the live tests need Mosquitto (Debian: apt-get install mosquitto) and openssl`,
    );
  }
  return found;
}

function endpointOf({ tls, webSocket }: MosquittoOptions, port: number): string {
  if (webSocket !== undefined) return `${webSocket === 'plain' ? 'ws' : 'wss'}://127.0.0.1:${port}/mqtt`;
  return `${tls === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${port}`;
}
