import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { makeBrokerCertificate } from './broker-certificate.ts';
import { type Kafka, startKafka } from './kafka.ts';
import { type KafkaAdmin, kafkaAdmin } from './kafka-admin.ts';
import { makeCertificates } from './mosquitto.ts';

/** A broker for all tests of a file, with TLS, a listener whose certificate has expired, and user `ann`, whose password is `right`. */
export interface KafkaWithLogins {
  kafka: Kafka;
  admin: KafkaAdmin;
  files: ReturnType<typeof makeCertificates>;
}

/** Starts it before the first test and ends it after the last; what is returned is filled in between. */
export function kafkaWithLogins(): KafkaWithLogins {
  const its = {} as KafkaWithLogins;
  beforeAll(async () => {
    its.files = makeCertificates();
    const badTls = makeBrokerCertificate(its.files.dir, 'expired', -1);
    its.kafka = await startKafka({ users: { ann: 'right' }, tls: its.files, badTls });
    its.admin = await kafkaAdmin(its.kafka.endpoint);
  });
  afterAll(async () => {
    await its.admin.close();
    await its.kafka.stop();
    rmSync(its.files.dir, { recursive: true });
  });
  return its;
}
