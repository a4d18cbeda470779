import type { Verb } from './command.ts';

/** What a user does, in the order in which a new one does it. */
export const groups = {
  try: 'without writing anything first',
  look: 'before anything is sent',
  prove: 'send, measure, verify, judge',
  size: 'how much it takes, and more than one machine',
  tell: 'what came out of it',
} as const;

/** A verb as the overviews list it; its code loads only when it is called. */
export interface VerbEntry {
  name: string;
  group: keyof typeof groups;
  /** One line of at most 60 characters. */
  summary: string;
  load(): Promise<Verb>;
}

/** Every verb, by groups: a new one is one file and one entry here. */
export const verbs: readonly VerbEntry[] = [
  {
    name: 'init',
    group: 'try',
    summary: 'write a first scenario of your own, commented',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'quick',
    group: 'try',
    summary: 'a run without a file; shows the scenario it stands for',
    load: async () => (await import('./quick.ts')).quickCommand,
  },
  {
    name: 'broker',
    group: 'try',
    summary: 'an MQTT or Kafka broker to play with, until Ctrl-C',
    load: async () => (await import('./broker.ts')).brokerCommand,
  },
  {
    name: 'models',
    group: 'try',
    summary: 'devices to simulate: parameters, readings, payloads',
    load: async () => (await import('./models.ts')).modelsCommand,
  },
  {
    name: 'validate',
    group: 'look',
    summary: 'check a scenario and explain every mistake in it',
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    name: 'plan',
    group: 'look',
    summary: 'what a scenario comes to: rates, bytes, memory',
    load: async () => (await import('./plan.ts')).planCommand,
  },
  {
    name: 'sample',
    group: 'look',
    summary: 'print some of a scenario’s events without sending them',
    load: async () => (await import('./sample.ts')).sampleCommand,
  },
  {
    name: 'doctor',
    group: 'look',
    summary: 'can it run? network, login, rights, topic, clock, files',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'tail',
    group: 'look',
    summary: 'read back live: which event each message is, and how old',
    load: async () => (await import('./tail.ts')).tailCommand,
  },
  {
    name: 'run',
    group: 'prove',
    summary: 'send a scenario’s load, measure, verify and judge',
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'verify',
    group: 'prove',
    summary: 'read back what arrives, or settle a finished run again',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'selftest',
    group: 'prove',
    summary: 'do known harm to runs: do they report exactly that?',
    load: async () => (await import('./selftest.ts')).selfTestCommand,
  },
  {
    name: 'capacity',
    group: 'size',
    summary: 'how much can it take? the highest load that still holds',
    load: async () => (await import('./capacity.ts')).capacityCommand,
  },
  {
    name: 'kube',
    group: 'size',
    summary: 'print what runs it as shards on Kubernetes or Slurm',
    load: async () => (await import('./kube.ts')).kubeCommand,
  },
  {
    name: 'merge',
    group: 'size',
    summary: 'one result from what the shards of a run left',
    load: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'report',
    group: 'tell',
    summary: 'print the result of a finished run again',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'compare',
    group: 'tell',
    summary: 'is a run worse than another one, or is it chance?',
    load: async () => (await import('./compare.ts')).compareCommand,
  },
  {
    name: 'metrics',
    group: 'tell',
    summary: 'what a run tells Prometheus; a dashboard for Grafana',
    load: async () => (await import('./metrics.ts')).metricsCommand,
  },
];

/** The verb of that name. */
export function verbNamed(name: string | undefined): VerbEntry | undefined {
  return verbs.find((verb) => verb.name === name);
}
