import { isBucketAddress, readBucketAddress } from '../cluster/bucket/bucket-address.ts';
import type { PodResults } from '../cluster/kube/kube-run.ts';
import type { ShardLimits } from '../cluster/shard-needs.ts';
import type { StartRequest } from '../cluster/shard-start.ts';
import { IotloadError } from '../core/errors.ts';
import { parseBytes } from '../core/units.ts';
import { isLoopback } from '../scenario/host-pattern.ts';
import { parseDurationFlag } from './duration-flag.ts';
import { parseStartAt } from './shard-flags.ts';

const WHERE = '--results';

/** Reads `--start-at` and `--start-in`, of which there is one at most. */
export function parseStart(flags: { startAt: string | undefined; startIn: string | undefined }): StartRequest {
  const { startAt, startIn } = flags;
  if (startAt !== undefined && startIn !== undefined)
    throw new IotloadError('bad-arguments', '--start-at says when', { where: '--start-in', value: startIn });
  if (startIn === undefined) return { startAtUs: parseStartAt(startAt), startInUs: null };
  return { startAtUs: null, startInUs: parseDurationFlag('--start-in', startIn) };
}

/** Reads `--cpu` and `--memory`. */
export function parseLimits({ cpu, memory }: { cpu: string | undefined; memory: string | undefined }): ShardLimits {
  return {
    cores: cpu === undefined ? null : parseCores(cpu),
    memoryBytes: memory === undefined ? null : parseMemory(memory),
  };
}

function parseCores(text: string): number {
  const cores = /^\d+m$/.test(text)
    ? Number.parseInt(text, 10) / 1000
    : /^\d+(\.\d{1,3})?$/.test(text)
      ? Number(text)
      : 0;
  if (cores > 0) return cores;
  throw new IotloadError('bad-arguments', 'expected a number of cores', {
    where: '--cpu',
    value: text,
    hint: 'such as 2, 0.5 or 500m',
  });
}

function parseMemory(text: string): number {
  const parsed = parseBytes(text);
  if ('value' in parsed) return parsed.value;
  throw new IotloadError('bad-arguments', parsed.error, { where: '--memory', value: text, hint: parsed.hint });
}

/** Reads `--results` for Kubernetes: `pvc:NAME`, or an address in a bucket of the store that the environment names. */
export function parsePodResults(
  text: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): PodResults {
  if (text === undefined) return { claim: null };
  const name = /^pvc:(.+)$/.exec(text)?.[1];
  if (name !== undefined) return { claim: checkObjectName(WHERE, name) };
  if (!isBucketAddress(text))
    throw new IotloadError('bad-arguments', 'expected pvc:NAME or s3://bucket/prefix', { where: WHERE, value: text });
  const {
    title,
    options: { endpoint },
  } = readBucketAddress(WHERE, text, env);
  if (endpoint === 'aws') return { bucket: title, endpoint: null };
  if (isLoopback(new URL(endpoint).host))
    throw new IotloadError('bad-arguments', `${endpoint} is each pod itself`, {
      where: 'AWS_ENDPOINT_URL_S3',
      hint: 'name a store that the pods reach',
    });
  return { bucket: title, endpoint };
}

/** Longest name of a Job whose pods have their index behind it and are names of hosts. */
const LONGEST_NAME = 52;

/** Checks a name of Kubernetes: a label of DNS. */
export function checkObjectName(flag: string, text: string): string {
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text) && text.length <= LONGEST_NAME) return text;
  throw new IotloadError('bad-arguments', `expected up to ${LONGEST_NAME} small letters, digits and dashes`, {
    where: flag,
    value: text,
    hint: 'it begins with a letter and ends with a letter or a digit',
  });
}
