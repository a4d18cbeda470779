import { kafkaSubject, plainKafkaSubject } from './kafka-subject.ts';
import { kinesisSubject } from './kinesis-subject.ts';
import { mqttSubject } from './mqtt-subject.ts';
import type { Subject } from './subject.ts';

/** What the self-test calibrates against, sorted. */
export const subjects: Readonly<Record<string, Subject>> = {
  kafka: kafkaSubject,
  'kafka-plain': plainKafkaSubject,
  kinesis: kinesisSubject,
  mqtt: mqttSubject,
};
