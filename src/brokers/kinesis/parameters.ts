import type { WireForm } from '../../wire/kinesis/wire-form.ts';
import { membersOfCbor } from './cbor-members.ts';
import { invalidArgument, invalidValue, KinesisError } from './kinesis-error.ts';

const NAME = /^[a-zA-Z0-9_.-]{1,128}$/;

/** Whether a stream may have that name. */
export const isStreamName = (text: string): boolean => NAME.test(text);

/** The members of a request, read one by one. A value of a wrong type is refused as the service does. */
export class Parameters {
  readonly #members: Readonly<Record<string, unknown>>;

  /** @throws KinesisError `SerializationException` for what is no object */
  constructor(parsed: unknown) {
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw serialization('That is no object.');
    this.#members = parsed as Record<string, unknown>;
  }

  /** @throws KinesisError `SerializationException` where the body is no object in that form */
  static parse(body: Buffer, form: WireForm): Parameters {
    let parsed: unknown = {};
    try {
      if (body.length > 0) parsed = form === 'cbor' ? membersOfCbor(body) : JSON.parse(body.toString());
    } catch {
      throw serialization(`The body is no ${form.toUpperCase()}.`);
    }
    return new Parameters(parsed);
  }

  text(name: string): string | null {
    const value = this.#members[name] ?? null;
    if (value !== null && typeof value !== 'string') throw serialization(`${name} is no string.`);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === null) throw invalidValue(camel(name), 'Member must not be null');
    return value;
  }

  /** @throws KinesisError for one that is not whole or out of the range */
  whole(name: string, least: number, most: number): number | null {
    const value = this.#members[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'number') throw serialization(`${name} is no number.`);
    if (!Number.isInteger(value) || value < least)
      throw invalidValue(camel(name), `Member must have value greater than or equal to ${least}`);
    if (value > most) throw invalidValue(camel(name), `Member must have value less than or equal to ${most}`);
    return value;
  }

  requiredWhole(name: string, least: number, most: number): number {
    const value = this.whole(name, least, most);
    if (value === null) throw invalidValue(camel(name), 'Member must not be null');
    return value;
  }

  /** Seconds since 1970 on the wire; ms here. */
  timestampMs(name: string): number | null {
    const value = this.#members[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw serialization(`${name} is no timestamp.`);
    return value * 1000;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | null {
    const value = this.text(name);
    if (value === null || choices.includes(value as Choice)) return value as Choice | null;
    throw invalidValue(camel(name), `Member must satisfy enum value set: [${choices.join(', ')}]`);
  }

  /** Members of a member; none where it is absent. */
  inner(name: string): Parameters {
    return new Parameters(this.#members[name] ?? {});
  }

  /** Members of each element of a list. */
  list(name: string): Parameters[] {
    const value = this.#members[name] ?? null;
    if (value === null) throw invalidValue(camel(name), 'Member must not be null');
    if (!Array.isArray(value)) throw serialization(`${name} is no list.`);
    return value.map((element) => new Parameters(element));
  }

  has(name: string): boolean {
    return (this.#members[name] ?? null) !== null;
  }

  /** Which stream is meant: the arguments of `Streams.get`. */
  stream(): [string | null, string | null] {
    const name = this.text('StreamName');
    if (name !== null && !isStreamName(name))
      throw invalidValue('streamName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
    return [name, this.text('StreamARN')];
  }
}

/** @throws KinesisError for what is no decimal number of 128 bits */
export function hashKeyFrom(text: string, name: string): bigint {
  if (!/^(0|[1-9]\d{0,38})$/.test(text))
    throw invalidValue(name, 'Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})');
  const hash = BigInt(text);
  if (hash >> 128n !== 0n) throw invalidArgument(`Invalid ${name}. ${text} is not in the valid range: [0, 2^128-1].`);
  return hash;
}

export const serialization = (message: string): KinesisError => new KinesisError('SerializationException', message);

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
