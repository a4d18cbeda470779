import { xxh32 } from '../core/xxh32.ts';
import { threeDigits, writeHex } from './digits.ts';
import { writeFiller, writeSpaces } from './filler.ts';
import { IsoSeconds } from './iso-time.ts';
import { type EventContext, type Op, Value } from './layout.ts';
import {
  writeDecimal,
  writeHexInteger,
  writeHexPair,
  writeRandomHex,
  writeSeconds,
  writeUuid,
  writeWhole,
} from './numbers.ts';
import type { WriteEvent } from './writer.ts';

/** Writes one op from `at` on, in an event that began at `begin`, and returns the end. */
type Step = (context: EventContext, view: DataView, at: number, begin: number) => number;

/** Compiles ops to a chain of closures: slower than generated code, and allowed everywhere. */
export function stepWriter(ops: readonly Op[]): WriteEvent {
  const steps = ops.map(stepOf);
  return (context, view, at) => {
    const begin = at;
    for (const step of steps) at = step(context, view, at, begin);
    return at;
  };
}

function stepOf(op: Op): Step {
  switch (op.op) {
    case 'literal':
      return literalStep(op.text);
    case 'decimal': {
      const { value, min, max, decimals, width } = op;
      return ({ values }, view, at) => {
        const x = values[value] as number;
        // A comparison with NaN is false, so a NaN becomes the lower bound.
        return writeDecimal(view, at, x >= min ? Math.min(x, max) : min, decimals, width);
      };
    }
    case 'integer': {
      const { value, width } = op;
      return ({ values }, view, at) => writeWhole(view, at, values[value] as number, width);
    }
    case 'choice': {
      const { value } = op;
      const steps = op.texts.map(literalStep);
      const first = steps[0] as Step;
      return (context, view, at, begin) =>
        (steps[(context.values[value] as number) | 0] ?? first)(context, view, at, begin);
    }
    case 'time-iso':
      return isoStep();
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
    case 'checksum':
      return (_context, view, at, begin) => writeHex(view, at, xxh32(view, begin, at, 0), 8);
  }
}

function fillerStep({ total, rest, lead, end }: Extract<Op, { op: 'filler' }>): Step {
  const around = new TextEncoder().encode(lead + end).length;
  const [writeLead, writeEnd] = [literalStep(lead), literalStep(end)];
  return (context, view, at, begin) => {
    const lacking = total - rest - (at - begin);
    if (lacking < around) return writeSpaces(view, at, lacking);
    at = writeLead(context, view, at, begin);
    at = writeFiller(view, at, lacking - around, context.values[Value.slot] as number);
    return writeEnd(context, view, at, begin);
  };
}

function literalStep(text: string): Step {
  const bytes = new TextEncoder().encode(text);
  return (_context, view, at) => {
    for (const byte of bytes) view.setUint8(at++, byte);
    return at;
  };
}

function isoStep(): Step {
  const iso = new IsoSeconds();
  return ({ values }, view, at) => {
    const ms = Math.floor((values[Value.timeUs] as number) / 1000);
    const second = Math.floor(ms / 1000);
    const chunk = iso.at(second);
    for (let i = 0; i < 3; i++) view.setFloat64(at + 8 * i, iso.chunks[chunk + i] as number, true);
    view.setUint32(at + 20, (threeDigits[ms - second * 1000] as number) | 0x5a000000, true);
    return at + 24;
  };
}
