import { parseTemplate } from '../../core/template.ts';
import type { Qos } from '../../wire/mqtt-frames.ts';

/** What a broker publishes in the name of a connection that ends without a farewell. */
export interface Will {
  topic: string;
  payload: string;
  qos: Qos;
  retain: boolean;
}

/** What the placeholders of a will stand for, in one connection. */
export interface WillNames {
  device: string;
  fleet: string;
  run: string;
}

/** The will of one connection, its templates filled in. */
export function fillWill(will: Will, names: WillNames): Will {
  return { ...will, topic: fill(will.topic, names), payload: fill(will.payload, names) };
}

function fill(template: string, names: WillNames): string {
  return parseTemplate(template)
    .map((part) => (part.kind === 'text' ? part.text : names[part.name as keyof WillNames]))
    .join('');
}
