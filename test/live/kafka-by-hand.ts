import { once } from 'node:events';
import { startKafka } from './kafka.ts';

/*
 * Apache Kafka 4 for runs by hand, as one broker or as three, until Ctrl-C:
 *
 *   node --import tsx test/live/kafka-by-hand.ts [1|3]
 */

const kafka = await startKafka({ brokers: process.argv[2] === '3' ? 3 : 1, heap: '1g', steady: true });
process.stdout.write(`KAFKA=${kafka.endpoint}\n`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await kafka.stop();
