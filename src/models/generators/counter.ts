import { decimalsOf, type GeneratorKind, powersOfTen } from './generator.ts';

/** Steps after which a counter without an end stands still; no run comes so far. */
const MOST_STEPS = 4_398_046_511_104;

/** Counts the events of its device. */
export const counter: GeneratorKind = {
  doc: 'Counts the events of its device; wrap is the value at which it begins again, and which it never has.',
  example: '{ counter: { start: 0, step: 1, wrap: 65536 } }',
  options: [],
  compile(reader) {
    if (!reader.map(['counter'], ['start', 'step', 'wrap'])) return null;
    const start = reader.numberOr(0, ['counter', 'start']);
    const step = reader.numberOr(1, ['counter', 'step']);
    if (start === null || step === null) return null;
    if (step === 0) return reader.complain(['counter', 'step'], 'a counter that stands still', 'use constant');
    const decimals = Math.max(decimalsOf(start), decimalsOf(step));
    const scale = powersOfTen[decimals] as number;
    let steps = MOST_STEPS;
    if (reader.has('counter', 'wrap')) {
      const wrap = reader.number(['counter', 'wrap']);
      if (wrap === null) return null;
      steps = Math.ceil((wrap - start) / step);
      if (!(steps >= 1)) return reader.complain(['counter', 'wrap'], `"${wrap}" is not on the way from ${start}`);
      if (steps > MOST_STEPS) return reader.complain(['counter', 'wrap'], `"${wrap}" is never reached`, null);
    }
    // In units of the last decimal, so that 0.1 added up ten times is 1.
    const first = Math.round(start * scale);
    const each = Math.round(step * scale);
    const most = Number.MAX_SAFE_INTEGER - 2;
    const last = Math.min(Math.max(first + each * (steps - 1), -most), most);
    const [min, max] = [Math.min(first, last) / scale, Math.max(first, last) / scale];
    return {
      reading: { decimals, min, max },
      value: (_key, n) => Math.min(Math.max((first + each * (n % steps)) / scale, min), max),
    };
  },
};
