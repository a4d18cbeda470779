import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The process of one broker. */
export interface KafkaProcess {
  /** The broker's id in the cluster. */
  id: number;
  /** Starts it on its ports and its data; resolves when it says that it has started. */
  start(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM, upon which it hands its partitions over; resolves when the process is gone. */
  shutDown(): Promise<void>;
  /** SIGSTOP: it takes connections and answers nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Its warnings and errors, of all its lives. */
  log(): string;
  /** The running process. */
  pid(): number;
}

interface BrokerFiles {
  id: number;
  folder: string;
  jars: string;
  properties: string;
  heap?: string;
  steady?: true;
}

const START_MS = 60_000;

/** A broker that has not been started yet. */
export function kafkaProcess(files: BrokerFiles): KafkaProcess {
  const { id, folder, jars, properties } = files;
  let child: ChildProcess | null = null;
  let log = '';
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const orphaned = (): unknown => child?.kill('SIGKILL');
  return {
    id,
    async start() {
      const flags = [
        `-Xmx${files.heap ?? '512m'}`,
        // A process that lives for seconds gains nothing from the second compiler and its many threads.
        ...(files.steady === true ? [] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
        `-Djava.io.tmpdir=${folder}`,
        `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
      ];
      const args = [...flags, '-cp', `${jars}/*`, 'kafka.Kafka', properties];
      const started = spawn('java', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      process.once('exit', orphaned);
      let said = '';
      await new Promise<void>((resolve, reject) => {
        const failed = (why: string): void => reject(new Error(`Kafka's broker ${id} ${why}:\n${said}`));
        const late = setTimeout(() => failed('did not start in time'), START_MS);
        started.once('error', () => failed('needs Java 17 (Debian: apt-get install openjdk-17-jre-headless)'));
        started.once('exit', () => {
          process.off('exit', orphaned);
          clearTimeout(late);
          failed('ended before it had started');
        });
        for (const stream of [started.stdout, started.stderr]) {
          stream.on('data', (chunk: Buffer) => {
            const text = chunk.toString();
            log = (log + text).slice(-200_000);
            said = (said + text).slice(-20_000);
            if (!said.includes('Kafka Server started')) return;
            clearTimeout(late);
            resolve();
          });
        }
      });
    },
    kill: () => end('SIGKILL'),
    shutDown: () => end('SIGTERM'),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    log: () => log,
    pid: () => child?.pid ?? -1,
  };
}
