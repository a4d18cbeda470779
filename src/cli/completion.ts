import { models } from '../models/registry.ts';
import { defineCommand } from './command.ts';
import { shippedScenarios } from './find-scenario.ts';
import { verbs } from './verbs.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** What can be typed after one verb. */
interface Words {
  verb: string;
  summary: string;
  flags: readonly string[];
  /** Words that its first argument may be; files go as well, except where only these words make sense. */
  first: readonly string[];
}

/** `iotload completion`: a script for a shell that knows everything beforehand, so that Tab answers at once. */
export const completionCommand = defineCommand({
  command: 'completion <shell>',
  choices: shells,
  exits: ['0', '2'],
  builder: (parser) =>
    parser
      .positional('shell', { choices: shells, demandOption: true, describe: 'the shell to complete in' })
      .example('source <(iotload completion bash)', 'bash and zsh: in this shell; into ~/.bashrc or ~/.zshrc for all')
      .example('iotload completion fish > ~/.config/fish/completions/iotload.fish', 'fish: for all shells'),
  async handler({ shell }) {
    const words = await Promise.all(verbs.map(wordsOf));
    process.stdout.write(scripts[shell](words));
    return 0;
  },
});

async function wordsOf({ name, summary, load }: (typeof verbs)[number]): Promise<Words> {
  const verb = await load();
  const flags = [...new Set(await verb.flags())].filter((flag) => flag !== 'version').map((flag) => `--${flag}`);
  const takesScenario = flags.includes('--set');
  const first = takesScenario ? shippedScenarios() : name === 'models' ? Object.keys(models) : verb.choices;
  return { verb: name, summary, flags, first };
}

const scripts: Readonly<Record<(typeof shells)[number], (words: readonly Words[]) => string>> = {
  bash: (words) => `# iotload completion for bash
_iotload() {
  local current=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${words.map(({ verb }) => verb).join(' ')} --help --version" -- "$current"))
    return
  fi
  case $verb in
${words.map(({ verb, flags, first }) => `    ${verb}) words="${[...first, ...flags].join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _iotload iotload
`,
  zsh: (words) => `#compdef iotload
# iotload completion for zsh
_iotload() {
  local -a verbs
  verbs=(
${words.map(({ verb, summary }) => `    '${verb}:${summary}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  case $words[2] in
${words.map(({ verb, flags, first }) => `    ${verb}) compadd -- ${[...first, ...flags].join(' ')}; _files ;;`).join('\n')}
  esac
}
if [ "$funcstack[1]" = "_iotload" ]; then _iotload; else compdef _iotload iotload; fi
`,
  fish: (words) => `# iotload completion for fish
${words.map(fishLines).join('\n')}
`,
};

function fishLines({ verb, summary, flags, first }: Words): string {
  const under = `complete -c iotload -n '__fish_seen_subcommand_from ${verb}'`;
  return [
    `complete -c iotload -f -n __fish_use_subcommand -a ${verb} -d '${summary}'`,
    ...(first.length === 0 ? [] : [`${under} -a '${first.join(' ')}'`]),
    ...flags.map((flag) => `${under} -l ${flag.slice(2)}`),
  ].join('\n');
}
