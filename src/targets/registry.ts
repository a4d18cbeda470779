import { IotloadError } from '../core/errors.ts';
import { discard } from './discard/index.ts';
import { file } from './file/index.ts';
import { kafka } from './kafka/index.ts';
import { kinesis } from './kinesis/index.ts';
import { mqtt } from './mqtt/index.ts';
import type { TargetDefinition } from './target.ts';

/** Every built-in target by the name that `protocol` gives it, sorted. A protocol is one folder and one line here. */
export const targets = { discard, file, kafka, kinesis, mqtt } as const satisfies Record<string, TargetDefinition>;

/** Whether `name` is a protocol that is built. */
export function isProtocol(name: string): name is keyof typeof targets {
  return Object.hasOwn(targets, name);
}

/** The target of a plan; plans hold only names that the scenario's schema has let through. */
export function targetOf(protocol: string): TargetDefinition {
  if (!isProtocol(protocol)) {
    throw new IotloadError('bad-scenario', `there is no protocol "${protocol}"`, {
      value: protocol,
      hint: `there are ${Object.keys(targets).join(', ')}`,
    });
  }
  return targets[protocol];
}
