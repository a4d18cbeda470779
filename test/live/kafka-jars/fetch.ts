import { kafkaJars } from './kafka-jars.ts';

process.stdout.write(`${await kafkaJars()}\n`);
