/** From so many choices on they are looked up: a branch for each would make a function that no engine optimises. */
export const LARGE_CHOICE = 12;

/** Sequences of bytes, each beginning on a word. */
export class ChoiceTable {
  /** First word of each. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly words: Int32Array;

  constructor(choices: readonly (readonly number[] | Uint8Array)[]) {
    this.starts = new Int32Array(choices.length);
    this.lengths = Int32Array.from(choices, ({ length }) => length);
    let words = 0;
    choices.forEach(({ length }, i) => {
      this.starts[i] = words;
      words += (length + 3) >> 2;
    });
    const bytes = new Uint8Array(4 * words);
    choices.forEach((choice, i) => void bytes.set(choice, 4 * (this.starts[i] as number)));
    const view = new DataView(bytes.buffer);
    this.words = Int32Array.from({ length: words }, (_, i) => view.getInt32(4 * i, true));
  }
  /** Writes choice `index`, the first where there is none such; returns the end. May touch three bytes beyond it. */
  write(view: DataView, at: number, index: number): number {
    const { starts, lengths, words } = this;
    const i = index >= 0 && index < lengths.length ? index : 0;
    const length = lengths[i] as number;
    let word = starts[i] as number;
    for (let offset = 0; offset < length; offset += 4) view.setInt32(at + offset, words[word++] as number, true);
    return at + length;
  }
}
