import { parseTemplate, type TemplatePart } from '../../core/template.ts';
import type { TargetFleet } from '../target.ts';

/** Properties of a device that a user name or password may hold, and what all connections of a run have in common. */
export const deviceNames: readonly string[] = ['device', 'index', 'fleet'];
export const commonNames: readonly string[] = ['run'];

/** Which device a connection belongs to. */
export interface CredentialOwner {
  fleet: TargetFleet;
  seat: number;
  deviceId: string;
}

/** What is wrong with a user name or password as a template, or null. Never repeats the text, which may be a secret. */
export function credentialProblem(
  text: string,
  user: 'device' | 'pool' | 'reader',
): { error: string; hint: string } | null {
  let parts: TemplatePart[];
  try {
    parts = parseTemplate(text);
  } catch {
    return { error: 'a "<" begins no placeholder here', hint: 'a literal "<" is written "<<"' };
  }
  for (const part of parts) {
    if (part.kind === 'text') continue;
    const { name } = part;
    if (part.format !== null && !(name === 'index' && /^0\d{1,2}$/.test(part.format)))
      return { error: `"<${name}:${part.format}>" is not a form of it`, hint: 'write <index:06> for six digits' };
    if (commonNames.includes(name)) continue;
    if (!deviceNames.includes(name))
      return { error: `"<${name}>" is not known here`, hint: 'known here: <device>, <index>, <fleet>, <run>' };
    if (user === 'reader')
      return { error: `a reader has no "<${name}>"`, hint: 'write its own name; it may hold <run>' };
    if (user === 'pool')
      return {
        error: `"<${name}>" needs a connection of its own for each device`,
        hint: 'write connections: per_device, or one user name for all connections',
      };
  }
  return null;
}

/** Whether a text differs from one device to the next. */
export function isPerDevice(text: string): boolean {
  return parseTemplate(text).some((part) => part.kind === 'field' && deviceNames.includes(part.name));
}

/** Fills a user name or password. `reveal` resolves references in its text, never in what is filled in. */
export function fillCredential(
  text: string,
  owner: CredentialOwner | null,
  runId: string,
  reveal: (text: string) => string,
): string {
  return parseTemplate(text)
    .map((part) => {
      if (part.kind === 'text') return reveal(part.text);
      if (part.name === 'run') return runId;
      // A pool is refused such a template when the scenario is read.
      if (owner === null) return '';
      if (part.name === 'device') return owner.deviceId;
      if (part.name === 'fleet') return owner.fleet.name;
      return `${owner.seat}`.padStart(Number(part.format ?? 0), '0');
    })
    .join('');
}
