import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The fixture's listeners: in the clear, with TLS, with TLS and a login, and with the certificate that shall be refused. */
export type KafkaListener = 'PLAINTEXT' | 'TLS' | 'LOGIN' | 'BAD';

/** What the files of one broker are made of. */
export interface BrokerLayout {
  id: number;
  brokers: number;
  controllerPort: number;
  ports: ReadonlyMap<KafkaListener, number>;
  users?: Record<string, string>;
  tls?: { cert: string; key: string };
  badTls?: { cert: string; key: string };
  config?: Record<string, string>;
}

const protocols = { PLAINTEXT: 'PLAINTEXT', TLS: 'SSL', LOGIN: 'SASL_SSL', BAD: 'SSL' };

/** Writes the files of a broker that has never run, those of its data left out, and returns the path of its server.properties. */
export function layOut(folder: string, layout: BrokerLayout): string {
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(folder, 'log4j2.properties'), logging);
  const path = join(folder, 'server.properties');
  writeFileSync(path, lines({ ...nodeOf(layout, data), ...securityOf(layout, folder), ...layout.config }), {
    mode: 0o600,
  });
  return path;
}

/** What `StorageTool format` writes when there are no users to add, without its second of Java. */
export function format(folder: string, id: number, clusterId: string): void {
  // Directory ids that begin with zeros are reserved.
  const directoryId = Buffer.concat([Buffer.of(0x7a), randomBytes(15)]).toString('base64url');
  const meta = { version: '1', 'cluster.id': clusterId, 'node.id': `${id}`, 'directory.id': directoryId };
  writeFileSync(join(folder, 'data', 'meta.properties'), lines(meta));
}

function nodeOf({ id, brokers, controllerPort, ports }: BrokerLayout, data: string): Record<string, string> {
  const listeners = [...ports].map(([name, port]) => `${name}://127.0.0.1:${port}`);
  const controller = id === 1 ? [`CONTROLLER://127.0.0.1:${controllerPort}`] : [];
  const security = [...ports.keys()].map((name) => `${name}:${protocols[name]}`);
  return {
    'process.roles': id === 1 ? 'broker,controller' : 'broker',
    'node.id': `${id}`,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: [...listeners, ...controller].join(),
    'advertised.listeners': listeners.join(),
    'listener.security.protocol.map': [...security, 'CONTROLLER:PLAINTEXT'].join(),
    'log.dirs': data,
    // An unknown topic is an error, and topics of Kafka itself are as small as can be.
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'default.replication.factor': `${brokers}`,
    'min.insync.replicas': brokers === 1 ? '1' : '2',
    // A broker that was killed is missed, and the leader of its partitions replaced, within 2 s instead of 9 s.
    'broker.heartbeat.interval.ms': '300',
    'broker.session.timeout.ms': '2000',
  };
}

function securityOf({ users, tls, badTls }: BrokerLayout, folder: string): Record<string, string> {
  const security: Record<string, string> = {};
  if (tls !== undefined) Object.assign(security, keystore(folder, 'TLS', tls), keystore(folder, 'LOGIN', tls));
  if (badTls !== undefined) Object.assign(security, keystore(folder, 'BAD', badTls));
  if (users !== undefined) {
    const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
    security['listener.name.login.sasl.enabled.mechanisms'] = mechanisms.join();
    const passwords = Object.entries(users).map(([user, password]) => ` user_${user}="${password}"`);
    const login = 'org.apache.kafka.common.security';
    security['listener.name.login.plain.sasl.jaas.config'] =
      `${login}.plain.PlainLoginModule required${passwords.join('')};`;
    for (const mechanism of ['scram-sha-256', 'scram-sha-512']) {
      security[`listener.name.login.${mechanism}.sasl.jaas.config`] = `${login}.scram.ScramLoginModule required;`;
    }
  }
  return security;
}

function keystore(folder: string, listener: string, files: { cert: string; key: string }): Record<string, string> {
  const path = join(folder, `${listener}.pem`);
  writeFileSync(path, readFileSync(files.key, 'utf8') + readFileSync(files.cert, 'utf8'), { mode: 0o600 });
  const prefix = `listener.name.${listener.toLowerCase()}.ssl.keystore`;
  return { [`${prefix}.type`]: 'PEM', [`${prefix}.location`]: path };
}

/** Warnings and errors, and the line that says that the broker has started. */
const logging = lines({
  status: 'error',
  'appender.out.type': 'Console',
  'appender.out.name': 'out',
  'appender.out.layout.type': 'PatternLayout',
  'appender.out.layout.pattern': '%p %m (%c{1})%n',
  'rootLogger.level': 'warn',
  'rootLogger.appenderRef.out.ref': 'out',
  'logger.started.name': 'kafka.server.KafkaRaftServer',
  'logger.started.level': 'info',
});

function lines(properties: Record<string, string>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
