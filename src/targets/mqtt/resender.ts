import { clearBatch, createEventBatch } from '../../core/event-batch.ts';
import { Answer } from '../../wire/mqtt-frames.ts';
import type { SinkContext } from '../target.ts';
import { AnswerFrames } from './answer-frames.ts';
import type { PublishEncoder } from './publish-encoder.ts';
import type { PublishLane } from './publish-lane.ts';
import type { Session } from './session.ts';

/** No event is longer. */
const EVENT_BYTES = 64 * 1024;

/**
 * Sends again, in a session that the broker has kept, what it has not answered: each event is made anew from its slot and leaves under
 * its old identifier with DUP set, so that nothing has to be kept for the case.
 */
export class Resender {
  readonly #context: SinkContext;
  readonly #encoder: PublishEncoder;
  readonly #batch = createEventBatch(1, EVENT_BYTES);
  readonly #slot = new Float64Array(1);

  constructor(context: SinkContext, encoder: PublishEncoder) {
    this.#context = context;
    this.#encoder = encoder;
  }

  /** What cannot be made again, or is more or longer than the broker takes by now, is left to its timeout. */
  resend({ inFlight, window, maximumPacketSize }: PublishLane, session: Session): void {
    const { events } = this.#context;
    const frames: Buffer[] = [];
    inFlight?.forEachUnanswered((packetId, fleet, slot) => {
      const frame = this.#frame(packetId, fleet, slot);
      if (frame === null || frame.length > maximumPacketSize || frames.length === window) return;
      frames.push(frame);
      this.#slot[0] = slot;
      events.resent(fleet, this.#slot, 1, this.#encoder.qos === 1);
    });
    const releases = new AnswerFrames();
    inFlight?.forEachReleased((packetId) => releases.add(Answer.pubrel, packetId));
    session.write(Buffer.concat([releases.take(), ...frames]));
  }

  #frame(packetId: number, fleet: number, slot: number): Buffer | null {
    const batch = this.#batch;
    clearBatch(batch, fleet);
    if (!this.#context.remake(fleet, slot, batch)) return null;
    const frame = Buffer.allocUnsafe(this.#encoder.bytesOf(batch, 0));
    this.#encoder.write(batch, 0, packetId, true, frame, 0);
    return frame;
  }
}
