import { expect } from 'vitest';
import { type LandingFile, type Place, PlaceError } from '../../../src/targets/file/places/place.ts';

/** Files in memory, that fail or stall as a test says. */
export class MemoryPlace implements Place {
  readonly title = 'memory';
  readonly pollMs = 10;
  /** What can be seen, by name. */
  readonly landed = new Map<string, Buffer>();
  /** Files that are on their way: at most one is. */
  underWay = 0;
  /** Calls of `create`, `write` and `complete` so far; the answer to the next one, null for success. */
  calls = 0;
  fails: (call: 'create' | 'write' | 'complete', number: number) => Error | null = () => null;
  /** Each call waits for it. */
  gate: Promise<void> | null = null;

  async prepare(): Promise<void> {}

  async list(): Promise<string[]> {
    return [...this.landed.keys()];
  }

  async create(name: string): Promise<LandingFile> {
    await this.#step('create');
    if (this.landed.has(name)) throw new PlaceError('it exists already');
    this.underWay++;
    expect(this.underWay).toBe(1);
    const chunks: Uint8Array[] = [];
    return {
      write: async (bytes) => {
        await this.#step('write');
        chunks.push(bytes.slice());
      },
      complete: async () => {
        await this.#step('complete').catch((error: unknown) => {
          // What may be there all the same nobody takes away.
          if (error instanceof PlaceError && error.ambiguous) this.underWay--;
          throw error;
        });
        this.underWay--;
        this.landed.set(name, Buffer.concat(chunks));
      },
      discard: async () => {
        this.underWay--;
      },
    };
  }

  async forget(): Promise<void> {}
  async open(): Promise<null> {
    return null;
  }
  async append(): Promise<void> {}
  async remove(): Promise<void> {}
  close(): void {}

  async #step(call: 'create' | 'write' | 'complete'): Promise<void> {
    await this.gate;
    const error = this.fails(call, this.calls++);
    if (error !== null) throw error;
  }
}
