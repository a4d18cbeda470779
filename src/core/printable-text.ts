/**
 * Text that came from a scenario, a broker or a file, safe to print, character for character: control characters, invisible format
 * characters (which can turn the direction of writing around), halves of characters and line separators become a visible sign, so that no name can move the cursor
 * or forge a line; nor does it command whoever runs the job.
 */
export function printable(text: string): string {
  return uncommanded(text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd'));
}

/**
 * Text in which nothing commands a build service that reads its log: GitHub `::error::…` at the beginning of a line, it and Azure `##[…]` and
 * `##vso[…]` anywhere. The first character of such a thing becomes one that only looks the same.
 */
export function uncommanded(text: string): string {
  return text.replace(/(?<=^|\s):(?=:[a-z].*?::)/gi, '\u2236').replace(/#(?=#(?:vso)?\[)/gi, '\u266f');
}
