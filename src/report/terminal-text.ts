/** Colours of a terminal by what they mean. */
export type Tone = 'good' | 'bad' | 'doubt' | 'quiet' | 'loud';

export type Paint = (tone: Tone, text: string) => string;

const codes: Readonly<Record<Tone, string>> = { good: '32', bad: '31', doubt: '33', quiet: '2', loud: '1' };

/** Paints with escape sequences, or leaves the text as it is. */
export function painter(colour: boolean): Paint {
  return colour ? (tone, text) => `\u001b[${codes[tone]}m${text}\u001b[0m` : (_, text) => text;
}

/** Breaks text at spaces into lines of at most `width` characters; a longer word stands alone. Tells at least an empty line. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** At most `width` characters, the end of what was cut shown by an ellipsis. */
export function clipped(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}
