/** 1 for a character of base64 but `=`. */
const characters = new Uint8Array(256);
for (const character of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')) {
  characters[character] = 1;
}
const EQUALS = 0x3d;

/** Whether the text is base64 with its padding. */
export function isBase64(text: Uint8Array, from: number, to: number): boolean {
  if ((to - from) % 4 !== 0) return false;
  let end = to;
  if (end > from && text[end - 1] === EQUALS) end--;
  if (end > from && text[end - 1] === EQUALS) end--;
  for (let i = from; i < end; i++) if (characters[text[i] as number] === 0) return false;
  return true;
}
