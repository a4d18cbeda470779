import { ANSWER_BYTES, type Answer, writeAnswer } from '../../wire/mqtt-frames.ts';

/** Collects the short answers that the frames of one read call for, so that they leave in one write. */
export class AnswerFrames {
  #bytes = Buffer.allocUnsafeSlow(4096);
  #used = 0;

  add(answer: Answer, packetId: number): void {
    if (this.#used + ANSWER_BYTES > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(2 * this.#bytes.length);
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#used = writeAnswer(this.#bytes, this.#used, answer, packetId);
  }

  /** The frames collected since the last call, valid until the next `add`. */
  take(): Buffer {
    const frames = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return frames;
  }

  /** What was taken still belongs to a socket. */
  renew(): void {
    this.#bytes = Buffer.allocUnsafeSlow(this.#bytes.length);
  }
}
