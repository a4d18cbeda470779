import { xxh32 } from '../core/xxh32.ts';
import { writeLength, writeNumber } from './binary.ts';
import { threeDigits, writeHex, writePadded } from './digits.ts';
import { writeDouble } from './double-text.ts';
import { writeCborFiller, writeFiller, writeSpaces } from './filler.ts';
import { IsoSeconds } from './iso-time.ts';
import { type EventContext, type NumberSource, type Op, Value, widthOf } from './layout.ts';
import {
  powersOfTen,
  writeDecimal,
  writeHexInteger,
  writeHexPair,
  writeRandomHex,
  writeSeconds,
  writeUuid,
  writeWhole,
} from './numbers.ts';
import type { WriteEvent } from './writer.ts';

const encoder = new TextEncoder();

/** Writes one op from `at` on, in an event that began at `begin`, and returns the end. */
type Step = (context: EventContext, view: DataView, at: number, begin: number) => number;

/** Compiles ops to a chain of closures: slower than generated code, and allowed everywhere. */
export function stepWriter(ops: readonly Op[]): WriteEvent {
  const write = chainOf(ops, []);
  return (context, view, at) => write(context, view, at, at);
}

function chainOf(ops: readonly Op[], opened: number[]): Step {
  const steps = ops.map((op) => stepOf(op, opened));
  return (context, view, at, begin) => {
    for (const step of steps) at = step(context, view, at, begin);
    return at;
  };
}

/** `opened` holds, while an event is written, where the lengths stand that are not known yet. */
function stepOf(op: Op, opened: number[]): Step {
  switch (op.op) {
    case 'literal':
      return literalStep(encoder.encode(op.text));
    case 'bytes':
      return literalStep(op.bytes);
    case 'decimal': {
      const { decimals, width } = op;
      return ({ values }, view, at) => writeDecimal(view, at, cut(op, values), decimals, width);
    }
    case 'double':
      return ({ values }, view, at) => writeDouble(view, at, cut(op, values) + 0);
    case 'integer': {
      const { value, width, plus = 0 } = op;
      return ({ values }, view, at) => writeWhole(view, at, (values[value] as number) + plus, width);
    }
    case 'optional': {
      const { value } = op;
      const [present, absent] = [chainOf(op.present, opened), chainOf(op.absent, opened)];
      return (context, view, at, begin) =>
        Number.isNaN(context.values[value]) ? absent(context, view, at, begin) : present(context, view, at, begin);
    }
    case 'choice':
      return choiceStep(
        op.value,
        op.texts.map((text) => encoder.encode(text)),
      );
    case 'choice-bytes':
      return choiceStep(op.value, op.choices);
    case 'number': {
      const { source, form } = op;
      return ({ values }, view, at) => writeNumber(view, at, numberOf(source, values), form);
    }
    case 'open': {
      const reserved = widthOf(op).max;
      return (_context, _view, at) => {
        opened.push(at);
        return at + reserved;
      };
    }
    case 'close': {
      const { form } = op;
      const reserved = widthOf({ ...op, op: 'open' }).max;
      return (_context, view, at) => writeLength(view, opened.pop() as number, reserved, at, form);
    }
    case 'time-iso':
      return isoStep(op.value ?? Value.timeUs);
    case 'time-utc':
      return utcStep(op.decimals);
    case 'time-seconds': {
      const { decimals } = op;
      return ({ values }, view, at) => writeSeconds(view, at, values[Value.timeUs] as number, decimals);
    }
    case 'time-ms':
      return ({ values }, view, at) => writeWhole(view, at, Math.floor((values[Value.timeUs] as number) / 1000), 0);
    case 'hex-words': {
      const { word, digits } = op;
      return ({ words }, view, at) => writeHexPair(view, at, words[word] as number, words[word + 1] as number, digits);
    }
    case 'hex-integer': {
      const { value, digits } = op;
      return ({ values }, view, at) => writeHexInteger(view, at, values[value] as number, digits);
    }
    case 'hex-random': {
      const { digits, channel } = op;
      return ({ values, words }, view, at) =>
        writeRandomHex(view, at, words, values[Value.sequence] as number, channel, digits);
    }
    case 'uuid-random': {
      const { channel } = op;
      return ({ values, words }, view, at) => writeUuid(view, at, words, values[Value.sequence] as number, channel);
    }
    case 'filler':
      return fillerStep(op);
    case 'filler-cbor': {
      const { total, rest } = op;
      return ({ values }, view, at, begin) =>
        writeCborFiller(view, at, total - rest - 3 - (at - begin), values[Value.slot] as number);
    }
    case 'checksum':
      return (_context, view, at, begin) => writeHex(view, at, xxh32(view, begin, at, 0), 8);
  }
}

function fillerStep({ total, rest, lead, end }: Extract<Op, { op: 'filler' }>): Step {
  const [before, after] = [encoder.encode(lead), encoder.encode(end)];
  const around = before.length + after.length;
  const [writeLead, writeEnd] = [literalStep(before), literalStep(after)];
  return (context, view, at, begin) => {
    const lacking = total - rest - (at - begin);
    if (lacking < around) return writeSpaces(view, at, lacking);
    at = writeLead(context, view, at, begin);
    at = writeFiller(view, at, lacking - around, context.values[Value.slot] as number);
    return writeEnd(context, view, at, begin);
  };
}

function choiceStep(value: number, choices: readonly (readonly number[] | Uint8Array)[]): Step {
  const steps = choices.map(literalStep);
  const first = steps[0] as Step;
  return (context, view, at, begin) =>
    (steps[(context.values[value] as number) | 0] ?? first)(context, view, at, begin);
}

function numberOf(source: NumberSource, values: Float64Array): number {
  const timeUs = values[Value.timeUs] as number;
  switch (source.op) {
    case 'decimal': {
      const scale = powersOfTen[source.decimals] as number;
      const x = cut(source, values);
      // Adding zero makes a negative zero a plain one.
      const scaled = x < 0 ? -Math.floor(0.5 - x * scale) + 0 : Math.floor(x * scale + 0.5);
      return scaled / scale;
    }
    case 'double':
      return cut(source, values) + 0;
    case 'integer':
      return (values[source.value] as number) + (source.plus ?? 0);
    case 'time-ms':
      return Math.floor(timeUs / 1000);
    case 'time-seconds':
      return (
        Math.floor(timeUs / (powersOfTen[6 - source.decimals] as number)) / (powersOfTen[source.decimals] as number)
      );
    case 'time-us':
      return Math.floor(timeUs);
    case 'time-nanos': {
      const wholeUs = Math.floor(timeUs);
      return (wholeUs - Math.floor(wholeUs / 1_000_000) * 1_000_000) * 1000;
    }
  }
}

/** A reading within its bounds. A comparison with NaN is false, so a NaN becomes the lower one. */
function cut({ value, min, max }: { value: number; min: number; max: number }, values: Float64Array): number {
  const x = values[value] as number;
  return x >= min ? Math.min(x, max) : min;
}

function literalStep(bytes: readonly number[] | Uint8Array): Step {
  return (_context, view, at) => {
    for (const byte of bytes) view.setUint8(at++, byte);
    return at;
  };
}

function isoStep(value: number): Step {
  const iso = new IsoSeconds();
  return ({ values }, view, at) => {
    const ms = Math.floor((values[value] as number) / 1000);
    const second = Math.floor(ms / 1000);
    const chunk = iso.at(second);
    for (let i = 0; i < 3; i++) view.setFloat64(at + 8 * i, iso.chunks[chunk + i] as number, true);
    view.setUint32(at + 20, (threeDigits[ms - second * 1000] as number) | 0x5a000000, true);
    return at + 24;
  };
}

function utcStep(decimals: number): Step {
  const iso = new IsoSeconds();
  const scale = powersOfTen[decimals] as number;
  const perTick = powersOfTen[6 - decimals] as number;
  return ({ values }, view, at) => {
    const ticks = Math.floor((values[Value.timeUs] as number) / perTick);
    const second = Math.floor(ticks / scale);
    const chunk = iso.at(second);
    for (let i = 0; i < 3; i++) view.setFloat64(at + 8 * i, iso.chunks[chunk + i] as number, true);
    // A blank where the T is.
    view.setUint8(at + 10, 32);
    if (decimals === 0) return at + 19;
    view.setUint8(at + 19, 46);
    return writePadded(view, at + 20, (ticks - second * scale) | 0, decimals);
  };
}
