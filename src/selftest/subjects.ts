import { mqttSubject } from './mqtt-subject.ts';
import type { Subject } from './subject.ts';

/** Protocols that the self-test calibrates against, sorted. */
export const subjects: Readonly<Record<string, Subject>> = {
  mqtt: mqttSubject,
};
