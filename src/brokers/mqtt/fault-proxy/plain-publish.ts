import { publishBytes, publishFlags, writePublish } from '../../../wire/mqtt-frames.ts';

/** A PUBLISH of MQTT 3.1.1 at QoS 0 that nobody has to acknowledge. */
export function plainPublish(topic: string, payload: Uint8Array): Buffer {
  const name = Buffer.from(topic);
  const event = Buffer.concat([name, payload]);
  const frame = Buffer.alloc(publishBytes(name.length, payload.length, 0));
  writePublish(frame, 0, event, 0, name.length, event.length, publishFlags(0), 0);
  return frame;
}
