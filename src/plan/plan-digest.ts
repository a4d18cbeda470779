import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Params } from '../models/model.ts';
import { secretKeys } from '../scenario/secret-keys.ts';
import type { Plan, TargetPlan } from './plan.ts';

const REDACTED = '[redacted]';
const wholeReference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:[-?])([^}]*))?\}$/;

/**
 * SHA-256, in hexadecimal digits, of everything that decides what is sent and how it is judged. Secrets do not enter it, nor does the
 * place of the results, their labels, the limits of the machine and where a plugin, a recording, certificates or credentials lie: the plan of
 * a scenario stays the same wherever it is put, with its files. Keys are sorted, so that it does not depend on the order in which a plan was
 * put together.
 */
export function planDigest(plan: Plan): string {
  const { outputs: _, limits: __, plugins, ...rest } = plan;
  const code = plugins?.map(({ sha256 }) => sha256);
  const fleets = plan.fleets.map((fleet) => ({ ...fleet, params: withoutPlace(fleet.params) }));
  const targets = plan.targets.map(withoutFolders);
  return createHash('sha256')
    .update(canonicalJson(redact({ ...rest, fleets, targets, plugins: code })))
    .digest('hex');
}

/** A file whose digest is known is told by that. */
function withoutPlace(params: Params): Params {
  return typeof params['sha256'] === 'string' ? { ...params, file: '' } : params;
}

/** Files of certificates and credentials by their names alone. */
function withoutFolders({ options, ...target }: TargetPlan): TargetPlan {
  const named = (file: unknown): unknown => (typeof file === 'string' ? basename(file) : file);
  const { tls, devicesFile } = options;
  const files = typeof tls === 'object' && tls !== null ? Object.entries(tls) : null;
  return {
    ...target,
    options: {
      ...options,
      ...(files === null ? {} : { tls: Object.fromEntries(files.map(([key, file]) => [key, named(file)])) }),
      ...(devicesFile === undefined ? {} : { devicesFile: named(devicesFile) }),
    },
  };
}

/** The plan as it may be written down: secrets that stand in it literally are struck out, references stay. */
export function redactPlan(plan: Plan): Plan {
  return redact(plan) as Plan;
}

function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKeys.includes(key) && typeof item === 'string' ? redactText(item) : redact(item),
    ]),
  );
}

/** A default within a reference is a literal too. */
function redactText(text: string): string {
  const match = wholeReference.exec(text);
  if (match === null) return REDACTED;
  return match[2] === ':-' ? `\${${match[1]}:-${REDACTED}}` : text;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
