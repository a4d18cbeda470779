import { exitCodes } from './exit-codes.ts';
import { shippedScenarios } from './find-scenario.ts';
import { groups, type VerbEntry, verbs } from './verbs.ts';

/** What `iotload` without arguments says: the promise, the first command, the verbs. */
export function welcome(): string {
  return `iotload sends like a fleet of devices, at an exact rate, and proves what arrived.

First
  iotload run quickstart    a hundred simulated phones, no broker needed
  iotload init              a scenario of your own, commented

${overview()}
Scenarios that need no file: ${shippedScenarios().join(', ')}.
Each verb explains itself: iotload run --help
`;
}

/** What `iotload --help` says. */
export function topHelp(): string {
  return `iotload VERB [options]

Open-loop load for IoT pipelines, with proof of what was delivered.

${overview()}
Everywhere
  --help, -h   explain the verb, with examples
  --json       the result as JSON on stdout, all else on stderr
  --quiet, -q  say only what was asked for
  --version    print the version
  NO_COLOR     in the environment: no colours; FORCE_COLOR: also into a pipe
  iotload completion bash|zsh|fish    complete verbs, flags and scenarios by Tab

${exitCodes()}
`;
}

/** All verbs in their groups, a line each. */
function overview(): string {
  const width = Math.max(...verbs.map(({ name }) => name.length)) + 2;
  const line = ({ name, summary }: VerbEntry): string => `  ${name.padEnd(width)}${summary}\n`;
  return Object.entries(groups)
    .map(([group, doc]) => {
      const members = verbs.filter((verb) => verb.group === group);
      return `${group}: ${doc}\n${members.map(line).join('')}`;
    })
    .join('\n');
}
