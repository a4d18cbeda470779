import { type LandingFile, PlaceError } from './place.ts';
import { s3Failure } from './s3-failure.ts';
import type { S3Objects } from './s3-objects.ts';

/** Bytes of a part; there may be 10 000 of them. */
const PART_BYTES = 8 * 1024 * 1024;
/** No part but the last may have fewer. */
const LEAST_PART_BYTES = 5 * 1024 * 1024;

/**
 * An object on its way: a single PUT, or an upload in parts where it has more than one. Nobody sees it before the store has answered that
 * it is complete, and then it is durable. Holds one part in memory.
 */
export class S3Upload implements LandingFile {
  readonly #objects: S3Objects;
  readonly #key: string;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #id: string | null = null;
  readonly #tags: string[] = [];

  constructor(objects: S3Objects, key: string) {
    this.#objects = objects;
    this.#key = key;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#heldBytes + bytes.length > PART_BYTES && this.#heldBytes >= LEAST_PART_BYTES) await this.#sendFull();
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  async complete(): Promise<void> {
    try {
      if (this.#id === null) await this.#objects.put(this.#key, this.#takeHeld());
      else {
        await this.#sendPart(this.#takeHeld());
        await this.#objects.complete(this.#key, this.#id, this.#tags);
      }
    } catch (error) {
      await this.#judge(error);
    }
  }

  async discard(): Promise<void> {
    this.#takeHeld();
    if (this.#id !== null) await this.#objects.abort(this.#key, this.#id).catch(() => {});
  }

  /** Sends what is held as a part. */
  async #sendFull(): Promise<void> {
    try {
      this.#id ??= await this.#objects.begin(this.#key);
      await this.#sendPart(this.#takeHeld());
    } catch (error) {
      // A part is no object.
      throw new PlaceError(s3Failure(error).message, { cause: error });
    }
  }

  async #sendPart(bytes: Uint8Array): Promise<void> {
    this.#tags.push(await this.#objects.part(this.#key, this.#id as string, this.#tags.length + 1, bytes));
  }

  /** A repeated call may have failed because the one before did it: what the store says now counts. */
  async #judge(cause: unknown): Promise<void> {
    const size = await this.#objects.size(this.#key).catch(() => null);
    if (size !== null) return;
    const failure = s3Failure(cause);
    throw new PlaceError(failure.message, { ambiguous: failure.kind === 'ambiguous', cause });
  }

  #takeHeld(): Uint8Array {
    const bytes = this.#held.length === 1 ? (this.#held[0] as Uint8Array) : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return bytes;
  }
}
