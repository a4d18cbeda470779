import { invalidArgument, KinesisError } from '../kinesis-error.ts';

/** How long one is good for, ms. */
const LIFE_MS = 300_000;
/** Of a name of 128 characters and what else a list needs. */
const LONGEST = 1024;

/** A token with which a list goes on: what `list` has to know, and since when. */
export function pageToken(list: string, fields: readonly (string | number | null)[], nowMs: number): string {
  return Buffer.from(JSON.stringify([list, nowMs, ...fields])).toString('base64');
}

/**
 * What `pageToken` was given for the same list.
 * @throws KinesisError for what is no token of it, or is one that has had its time
 */
export function readPageToken(list: string, token: string, nowMs: number): unknown[] {
  const [of, issuedMs, ...fields] = parsed(token);
  if (of !== list || typeof issuedMs !== 'number') throw invalidToken();
  if (nowMs - issuedMs > LIFE_MS) throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired.');
  return fields;
}

export const invalidToken = (): KinesisError => invalidArgument('Invalid NextToken.');

function parsed(token: string): unknown[] {
  if (token.length > LONGEST) return [];
  const bytes = Buffer.from(token, 'base64');
  // What decodes to the same bytes and is written otherwise was not given by us.
  if (bytes.toString('base64') !== token) return [];
  try {
    const fields: unknown = JSON.parse(bytes.toString());
    return Array.isArray(fields) ? fields : [];
  } catch {
    return [];
  }
}
