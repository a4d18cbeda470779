import { expect, it } from 'vitest';
import { bridgeOfFlags } from '../../src/cli/bridge-flags.ts';

it('bridges the brokers to play with where nothing is said', () => {
  expect(bridgeOfFlags({})).toEqual({
    id: 'iotload-bridge-1883',
    from: 'mqtt://127.0.0.1:1883',
    to: '127.0.0.1:9092',
    routes: [{ filter: '#', topic: 'bridged' }],
    wrap: 'none',
    key: 'topic',
    faults: {},
    log: null,
    createsTopics: true,
  });
});

it('takes what is said', () => {
  const route = ['dht_temp=dht', 'a=b/+=pir.test'];
  const given = { to: 'kafka://localhost:9093,[::1]:9094', route, loss: '100ppm', duplicates: '50%', wrap: 'rule' };
  expect(bridgeOfFlags({ ...given, from: 'mqtt://[::1]:1884', log: 'bridge.ndjson' })).toMatchObject({
    from: 'mqtt://[::1]:1884',
    to: 'localhost:9093,[::1]:9094',
    routes: [
      { filter: 'dht_temp', topic: 'dht' },
      { filter: 'a=b/+', topic: 'pir.test' },
    ],
    wrap: 'rule',
    faults: { drop: { share: 1e-4 }, double: { share: 0.5 } },
    log: 'bridge.ndjson',
  });
});

it.each([
  [{ from: '127.0.0.1:1883' }, 'bad-arguments', '--from', 'expected mqtt://host:port, without a login'],
  [{ from: 'mqtts://127.0.0.1' }, 'bad-arguments', '--from', 'expected mqtt://host:port, without a login'],
  [{ from: 'mqtt://ann:secret@127.0.0.1' }, 'bad-arguments', '--from', 'expected mqtt://host:port, without a login'],
  [{ to: '127.0.0.1' }, 'bad-arguments', '--to', 'expected host:port'],
  [{ from: 'mqtt://10.0.0.1:1883' }, 'refused-by-safety', '--from, --to', '10.0.0.1:1883 is another machine'],
  [{ to: '127.0.0.1:1,kafka:9092' }, 'refused-by-safety', '--from, --to', 'kafka:9092 is another machine'],
  [{ route: ['dht'] }, 'bad-arguments', '--route', 'expected FILTER=TOPIC'],
  [{ route: ['=dht'] }, 'bad-arguments', '--route', 'expected FILTER=TOPIC'],
  [{ route: ['dht=a/b'] }, 'bad-arguments', '--route', 'expected FILTER=TOPIC'],
  [{ route: ['#/a=b'] }, 'bad-arguments', '--route', '"#" is the last level of a topic filter'],
  [{ route: ['a/+=b', 'a/1=c'] }, 'bad-arguments', '--route', 'a/+ and a/1 match the same topics'],
  [{ loss: '2' }, 'bad-arguments', '--loss', 'expected more than 0%, at most 100%'],
  [{ duplicates: '101%' }, 'bad-arguments', '--duplicates', 'expected more than 0%, at most 100%'],
])('refuses %j', (flags, code, where, message) => {
  expect(() => bridgeOfFlags(flags)).toThrow(expect.objectContaining({ code, where, message }));
});
