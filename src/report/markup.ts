import { uncommanded } from '../core/printable-text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text from anywhere as it may stand in HTML and XML, between tags and in quoted attributes. Control and invisible characters become a
 * visible sign: XML forbids the first, and the others can turn the direction of writing around.
 */
export function markup(text: string): string {
  return uncommanded(text)
    .replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] as string);
}
