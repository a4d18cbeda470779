/** What a writer needs of an open file; a test fills its disk. */
export interface WritableFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** The file that lines go to at the moment. */
export interface CurrentFile {
  readonly file: WritableFile;
  /** Bytes before its first line. */
  readonly start: number;
  /** Bytes of whole lines in it, and what stands before them. The writer counts them on. */
  position: number;
}

/** Where files come from and what becomes of them. */
export interface FileFolder {
  /** Creates file number `sequence` under its temporary name. @throws a system error, `EEXIST` where it was there before */
  create(sequence: number): Promise<WritableFile>;
  /** Gives a closed file its own name. */
  complete(sequence: number): Promise<void>;
  /** Takes a file away that holds nothing of use. */
  remove(sequence: number): Promise<void>;
  /** The last file that an earlier writer of the part left, cut back to its whole lines if it is open; null where there is none. */
  last(): Promise<{ sequence: number; open: { file: WritableFile; bytes: number } | null } | null>;
}

/** One file after the other, at most one of them open. Its caller makes one call at a time. */
export class FileSeries {
  /** A file holds no more bytes than these, unless a single line does. */
  readonly maxBytes: number;
  readonly #folder: FileFolder;
  readonly #header: Uint8Array;
  /** Number of the file that is open, or was last. */
  #sequence = 0;
  #current: CurrentFile | null = null;

  constructor(folder: FileFolder, header: Uint8Array, maxBytes: number) {
    this.#folder = folder;
    this.#header = header;
    this.maxBytes = maxBytes;
  }

  /** The open file; a new one, its header written, where none is. @throws a system error: then nothing is open */
  async current(): Promise<CurrentFile> {
    this.#current ??= await this.#open(this.#sequence + 1);
    return this.#current;
  }

  /** Goes on where an earlier writer of the part was cut off. To be called first. @throws a system error */
  async resume(): Promise<void> {
    const last = await this.#folder.last();
    if (last === null) return;
    this.#sequence = last.sequence;
    if (last.open === null) return;
    const { file, bytes } = last.open;
    const start = this.#header.length;
    if (bytes >= start) {
      this.#current = { file, start, position: bytes };
      return;
    }
    // Cut off within its header: nothing of use.
    await file.close();
    await this.#folder.remove(last.sequence);
    this.#sequence--;
  }

  /** Whether a line was written since the last file was completed. */
  get hasLines(): boolean {
    return this.#current !== null && this.#current.position > this.#current.start;
  }

  /** Closes the open file and gives it its own name. @throws a system error: the file then keeps its temporary name */
  async complete(): Promise<void> {
    if (this.#current === null) return;
    const { file } = this.#current;
    this.#current = null;
    await file.close();
    await this.#folder.complete(this.#sequence);
  }

  async #open(sequence: number): Promise<CurrentFile> {
    const file = await this.#folder.create(sequence);
    const { length } = this.#header;
    try {
      for (let at = 0; at < length; ) {
        const { bytesWritten } = await file.write(this.#header, at, length - at, at);
        if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        at += bytesWritten;
      }
    } catch (error) {
      await file.close();
      await this.#folder.remove(sequence);
      throw error;
    }
    this.#sequence = sequence;
    return { file, start: length, position: length };
  }
}
