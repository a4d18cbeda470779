import { createContext, type Op, Value, Word, widthOf } from '../codecs/layout.ts';
import { hexDigitsOf, widthOfIndex } from '../codecs/vocabulary.ts';
import { compileWriter, writerSlack } from '../codecs/writer.ts';
import { IotloadError } from '../core/errors.ts';
import { HexPermutation } from '../core/permutation.ts';
import { streamRoot } from '../core/random.ts';
import { parseTemplate, type TemplatePart } from '../core/template.ts';
import { hexValue } from './hex-text.ts';

/**
 * Number of a device ⇄ its id, in one fleet and without a table. The devices that sit in the seats at first have the seats' numbers,
 * those that follow them the numbers from then on.
 */
export interface DeviceIds {
  /** Ops that write an id, from the words that `fill` sets. */
  readonly ops: readonly Op[];
  /** How many pairs of words an id takes. */
  readonly pairs: number;
  /** Writes the words of a device's id into `words`, from `Word.deviceId` on. */
  fill(device: number, words: Int32Array): void;
  text(device: number): string;
  /**
   * The device whose id stands at `at`, -1 if none does. Where the id is followed by more text, the caller checks that it ends there
   * (making the event again does).
   */
  deviceAt(bytes: Uint8Array, at: number, end: number): number;
}

export interface DeviceIdSpec {
  template: string;
  seed: number;
  fleet: string;
  run: string;
  /** How many numbers there are. */
  devices: number;
}

/** Digits of the fields that make up a UUID; the version and variant digits between them are fixed. */
const uuidShape: readonly (number | string)[] = [8, '-', 4, '-4', 3, '-a', 3, '-', 12];

/**
 * Compiles an id template. `<hex:n>` is a keyed permutation of the number, so ids look random and never collide; `<index>` is the number, `<ordinal>` the number from 1.
 *
 * @throws IotloadError `bad-scenario` for a placeholder that is not a property of the device, and for a template that would give two
 * devices the same id.
 */
export function compileDeviceIds(spec: DeviceIdSpec): DeviceIds {
  const { template, devices } = spec;
  const ops: Op[] = [];
  const permutations: HexPermutation[] = [];
  const addHex = (digits: number): void => {
    const key = streamRoot(spec.seed, spec.fleet, 'device id', String(permutations.length));
    ops.push({ op: 'hex-words', word: Word.deviceId + 2 * permutations.length, digits });
    permutations.push(new HexPermutation(key, digits));
  };
  for (const part of parseTemplate(template)) {
    if (part.kind === 'text') ops.push({ op: 'literal', text: part.text });
    else if (part.name === 'hex') addHex(hexDigitsOf(part));
    else if (part.name === 'uuid' && part.format === null) {
      for (const piece of uuidShape) {
        if (typeof piece === 'number') addHex(piece);
        else ops.push({ op: 'literal', text: piece });
      }
    } else ops.push(otherOp(part, spec));
  }
  const decisive = ops.findIndex(
    (op) =>
      op.op === 'integer' || (op.op === 'hex-words' && sizeOf(permutations[(op.word - Word.deviceId) / 2]) >= devices),
  );
  if (decisive < 0 && devices > 1) {
    throw new IotloadError('bad-scenario', 'two devices would share an id', {
      value: template,
      hint: `give the ${devices} devices an <index>, or a <hex:n> with 16^n of at least ${devices}`,
    });
  }
  return new CompiledIds(ops, permutations, decisive, devices);
}

function sizeOf(permutation: HexPermutation | undefined): number {
  return permutation === undefined ? 0 : permutation.size;
}

function otherOp(part: Extract<TemplatePart, { kind: 'field' }>, spec: DeviceIdSpec): Op {
  if (part.name === 'index') {
    return { op: 'integer', value: Value.device, max: spec.devices - 1, width: widthOfIndex(part) };
  }
  if (part.name === 'ordinal') {
    return { op: 'integer', value: Value.device, max: spec.devices - 1, width: widthOfIndex(part), plus: 1 };
  }
  if (part.name === 'fleet' && part.format === null) return { op: 'literal', text: spec.fleet };
  if (part.name === 'run' && part.format === null) return { op: 'literal', text: spec.run };
  const value = `<${part.name}${part.format === null ? '' : `:${part.format}`}>`;
  throw new IotloadError('bad-scenario', `${value} is not a property of a device`, {
    value,
    hint: 'an id may hold <index>, <index:06>, <ordinal>, <hex:12>, <uuid>, <fleet> and <run>',
  });
}

class CompiledIds implements DeviceIds {
  readonly ops: readonly Op[];
  readonly pairs: number;
  readonly #permutations: readonly HexPermutation[];
  readonly #widths: readonly number[];
  readonly #decisive: number;
  readonly #devices: number;
  readonly #write: (device: number) => number;
  readonly #scratch: Uint8Array;
  readonly #words = new Int32Array(2);
  /** End of the digits that `#decode` read. */
  #at = 0;

  constructor(ops: readonly Op[], permutations: readonly HexPermutation[], decisive: number, devices: number) {
    this.ops = ops;
    this.pairs = permutations.length;
    this.#permutations = permutations;
    this.#widths = ops.map((op) => widthOf(op).max);
    this.#decisive = decisive;
    this.#devices = devices;
    const writer = compileWriter(ops);
    const context = createContext(0, this.pairs);
    const scratch = new Uint8Array(writer.maxBytes + writerSlack);
    const view = new DataView(scratch.buffer);
    this.#scratch = scratch;
    this.#write = (device) => {
      context.values[Value.device] = device;
      this.fill(device, context.words);
      return writer.write(context, view, 0);
    };
  }

  fill(device: number, words: Int32Array): void {
    const permutations = this.#permutations;
    for (let i = 0; i < permutations.length; i++) {
      const permutation = permutations[i] as HexPermutation;
      const value = device < permutation.size ? device : device % permutation.size;
      permutation.apply(value, words, Word.deviceId + 2 * i);
    }
  }

  text(device: number): string {
    return new TextDecoder().decode(this.#scratch.subarray(0, this.#write(device)));
  }

  deviceAt(bytes: Uint8Array, at: number, end: number): number {
    const device = this.#decode(bytes, at, end);
    if (device < 0 || device >= this.#devices) return -1;
    const length = this.#write(device);
    if (at + length > end) return -1;
    const scratch = this.#scratch;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== scratch[i]) return -1;
    return device;
  }

  /** Reads the field that decides; what stands around it is compared afterwards. */
  #decode(bytes: Uint8Array, at: number, end: number): number {
    if (this.#decisive < 0) return 0;
    this.#at = at;
    let value = 0;
    for (let i = 0; i <= this.#decisive; i++) value = this.#skip(i, bytes, end);
    return value;
  }

  /** Steps over a field; returns the number that its digits mean, -1 for a text. */
  #skip(i: number, bytes: Uint8Array, end: number): number {
    const op = this.ops[i] as Op;
    if (op.op === 'hex-words') {
      const from = this.#at;
      this.#at += op.digits;
      if (this.#at > end) return -1;
      const words = this.#words;
      const highDigits = op.digits > 8 ? op.digits - 8 : 0;
      words[0] = hexValue(bytes, from, highDigits) | 0;
      words[1] = hexValue(bytes, from + highDigits, op.digits - highDigits) | 0;
      return (this.#permutations[(op.word - Word.deviceId) / 2] as HexPermutation).invert(words, 0);
    }
    if (op.op === 'integer') {
      let value = 0;
      for (; this.#at < end; this.#at++) {
        const digit = (bytes[this.#at] as number) - 48;
        if (digit < 0 || digit > 9 || value > 1e10) break;
        value = value * 10 + digit;
      }
      return value - (op.plus ?? 0);
    }
    this.#at += this.#widths[i] as number;
    return -1;
  }
}
