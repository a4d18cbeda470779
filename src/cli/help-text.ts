import { columns } from '../report/columns.ts';

/** What yargs adds to a description in brackets, for its readers rather than for users. */
const noise =
  / *\[(?:string|boolean|number|array|count|required|default: (?:\[\]|false|true|"[^"]*"|[^\]]*)|aliases: [^\]]*)\]/g;
const choices = / *\[choices: ([^\]]*)\]/g;

/**
 * The help of a verb on 80 columns: what it does, its arguments and flags, its examples as they can be pasted, the exit codes. `all` is
 * what yargs says of it, unwrapped.
 */
export function helpText(verb: { command: string; summary: string; all: string; exits: string }): string {
  const positionals = rowsOf(verb.all, 'Positionals');
  const options = rowsOf(verb.all, 'Options').filter(([flag]) => flag !== '--help');
  const examples = rowsOf(verb.all, 'Examples');
  const [name = '', ...rest] = verb.command.split(' ');
  const usage = ['iotload', name, ...rest.map((part) => part.toUpperCase().replace(/^<(.*)>$/, '$1')), '[options]'];
  const sections = [
    `${usage.join(' ')}\n${capital(verb.summary)}${/[.?]$/.test(verb.summary) ? '' : '.'}\n`,
    columns(positionals.map(([argument, doc]) => [`  ${argument?.toUpperCase()}`, described(doc)])),
    `Options\n${columns(options.map(([flag, doc]) => [`  ${flag}`, described(doc)]))}`,
    `Examples\n${examples.map(([line, doc]) => `  # ${doc}\n  ${line}\n`).join('')}`,
    `${verb.exits}\n`,
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** Lines of a section as two cells. */
function rowsOf(all: string, title: string): [string, string][] {
  const [, body = ''] = new RegExp(`^${title}:\\n((?:.+\\n?)*)`, 'm').exec(all) ?? [];
  return body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, left = '', right = ''] = /^\s*(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
      return [left, right.trim()];
    });
}

function described(doc = ''): string {
  return doc
    .replace(choices, (_, list: string) => ` (${list.replaceAll('"', '')})`)
    .replace(noise, '')
    .trim();
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
