import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, listening } from './ports.ts';

/** An ejabberd of our own on loopback, which speaks MQTT: as a process without Erlang's distribution, so that no other one starts. */
export interface Ejabberd {
  endpoint: string;
  /** Where it takes MQTT over WebSocket. */
  webSocket: string;
  log(): string;
  stop(): Promise<void>;
}

/** Starts the installed ejabberd on free ports of 127.0.0.1, with its files in a directory of its own. Throws where it is not installed. */
export async function startEjabberd(): Promise<Ejabberd> {
  const library = libraryFolder();
  if (library === undefined || !existsSync('/usr/bin/erl')) {
    throw new Error('ejabberd is not installed: the live tests need it (Debian: apt-get install ejabberd)');
  }
  const dir = mkdtempSync(join(tmpdir(), 'iotload-ejabberd-'));
  const [port, webPort] = (await freePorts(2)) as [number, number];
  const config = join(dir, 'ejabberd.yml');
  writeFileSync(
    config,
    `hosts: [localhost]
loglevel: warning
auth_method: anonymous
anonymous_protocol: login_anon
allow_multiple_connections: true
listen:
  - { port: ${port}, ip: "127.0.0.1", module: mod_mqtt, backlog: 1000 }
  - { port: ${webPort}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: { /mqtt: mod_mqtt } }
modules:
  mod_mqtt: { max_queue: 100000 }
`,
  );
  const env = {
    ...process.env,
    HOME: dir,
    EJABBERD_CONFIG_PATH: config,
    EJABBERD_LOG_PATH: join(dir, 'ejabberd.log'),
    ERL_LIBS: library,
    ERL_CRASH_DUMP: '/dev/null',
  };
  const args = ['-noinput', '-mnesia', 'dir', `"${join(dir, 'spool')}"`, '-s', 'ejabberd'];
  let output = '';
  const child: ChildProcess = spawn('/usr/bin/erl', args, { env, cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-100_000);
    });
  }
  const log = (): string => {
    const file = join(dir, 'ejabberd.log');
    return `${output}\n${existsSync(file) ? readFileSync(file, 'utf8') : ''}`;
  };
  await listening([port, webPort], { name: 'ejabberd', alive: () => child.exitCode === null, log });
  return {
    endpoint: `mqtt://127.0.0.1:${port}`,
    webSocket: `ws://127.0.0.1:${webPort}/mqtt`,
    log,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        // It has nothing to lose, and SIGTERM takes it seconds.
        child.kill('SIGKILL');
        await gone;
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Where Debian puts Erlang's libraries, a folder that is named after the machine's architecture. */
function libraryFolder(): string | undefined {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name)) : [];
  return folders.find((folder) => {
    return statSync(folder).isDirectory() && readdirSync(folder).some((name) => name.startsWith('ejabberd-'));
  });
}
