import { systemClock } from '../core/clock.ts';
import { IotloadError } from '../core/errors.ts';
import { parseDuration } from '../core/units.ts';
import { createWaveforms, quantityIndex, type Waveforms } from '../events/waveforms.ts';
import type { Plan } from '../plan/plan.ts';
import { planLengthUs } from '../plan/plan-length.ts';
import type { Tone } from '../report/terminal-text.ts';
import { type WaveMark, type WavePanel, waveColumns, wavePlot } from '../report/wave-plot.ts';

export interface PlotFlags {
  device: string | undefined;
  reading: string | undefined;
  from: string | undefined;
  for: string | undefined;
}

/** Devices drawn when nobody names them, chosen among so many. */
const DEFAULT_DEVICES = 4;
const CANDIDATES = 400;
const MOST_DEVICES = 12;
/** Length drawn when nobody says, and how much of it lies before an earthquake. */
const DEFAULT_US = 20_000_000;
const BEFORE_QUAKE_US = 1_000_000;
/** Values per column of dots. */
const OVERSAMPLING = 4;
const tones: readonly Tone[] = ['doubt', 'bad', 'good'];

/** `iotload sample --plot`: what sensors feel, drawn; text lines. */
export function samplePlot(plan: Plan, fleet: number, runId: string, flags: PlotFlags, colour: boolean): string[] {
  const startWallUs = Math.floor(systemClock().wallUs() / 1000) * 1000;
  const waveforms = createWaveforms(plan, fleet, { runId, startWallUs, startMonoUs: 0 });
  const quake = plan.timeline.find(
    ({ kind, fleets }) => kind === 'quake' && (fleets === null || fleets.includes(fleet)),
  );
  const fromUs = time('--from', flags.from) ?? Math.max(0, (quake?.atUs ?? 0) - BEFORE_QUAKE_US);
  const forUs = time('--for', flags.for) ?? Math.max(1_000, Math.min(DEFAULT_US, planLengthUs(plan) - fromUs));
  const seats = seatsOf(flags.device, plan, fleet) ?? defaultSeats(waveforms, plan, fleet, fromUs + forUs / 2);
  const index = quantityIndex(waveforms, flags.reading, '--reading');
  const signs = signsOf(waveforms);
  const traces = seats.map((seat) => trace(waveforms, seat, index, fromUs, forUs, signs));
  const { name, spec } = waveforms.quantities[index] as Waveforms['quantities'][number];
  const used = new Set(traces.flatMap(({ marks }) => marks.map(({ sign }) => sign)));
  return wavePlot(
    {
      panels: traces,
      quantity: `${plan.fleets[fleet]?.name}: ${name}`,
      unit: spec.unit,
      from: fromUs / 1e6,
      to: (fromUs + forUs) / 1e6,
      since: 'since the start of the run',
      legend: [...signs.values()].filter(({ sign }) => used.has(sign)),
    },
    colour,
  );
}

function time(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if ('value' in parsed && (flag === '--from' || parsed.value > 0)) return parsed.value;
  const [message, hint] =
    'error' in parsed ? [parsed.error, parsed.hint] : [`"${text}" is no time at all`, 'such as 10s'];
  throw new IotloadError('bad-arguments', message, { where: flag, hint });
}

/** The seats that `--device 0,17` names. */
function seatsOf(text: string | undefined, plan: Plan, fleet: number): number[] | null {
  if (text === undefined) return null;
  const devices = plan.fleets[fleet]?.devices ?? 0;
  const seats = text.split(',').map((part) => (/^\d{1,9}$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (seats.length <= MOST_DEVICES && seats.every((seat) => seat < devices)) return seats;
  throw new IotloadError('bad-arguments', 'this names no devices of the fleet', {
    where: '--device',
    value: text,
    hint: `up to ${MOST_DEVICES} numbers from 0 to ${devices - 1}, such as --device 0,17`,
  });
}

/** The first seats; where an earthquake is felt, some from near to far. */
function defaultSeats(waveforms: Waveforms, plan: Plan, fleet: number, atUs: number): number[] {
  const devices = plan.fleets[fleet]?.devices ?? 0;
  const count = Math.min(DEFAULT_DEVICES, devices);
  const distance = waveforms.quantities.findIndex(({ name }) => name === DISTANCE);
  const seats = Array.from({ length: distance < 0 ? count : Math.min(CANDIDATES, devices) }, (_, seat) => seat);
  const km = seats.map((seat) => (distance < 0 ? 0 : (waveforms.read(seat, atUs)[distance] as number)));
  seats.sort((a, b) => (km[a] as number) - (km[b] as number) || a - b);
  if ((km[seats.at(-1) ?? 0] as number) === 0) return seats.slice(0, count);
  return Array.from(
    { length: count },
    (_, i) => seats[Math.round((i * (seats.length - 1)) / Math.max(1, count - 1))] as number,
  );
}

/** Of models that know how far away an earthquake is. */
const DISTANCE = 'epicentral_distance';

interface Sign {
  sign: string;
  meaning: string;
  tone: Tone;
}

/** One letter for each named value of a label but its first, which is the usual one; the shortest names choose first. */
function signsOf({ quantities }: Waveforms): Map<string, Sign> {
  const named = quantities.flatMap(({ label, spec, name }, quantity) =>
    label ? (spec.names ?? []).slice(1).map((value, i) => ({ key: `${quantity}/${i + 1}`, value, name })) : [],
  );
  const signs = new Map<string, Sign>();
  const taken = new Set<string>();
  for (const { key, value, name } of named.sort((a, b) => a.value.length - b.value.length)) {
    const letter = value.charAt(0);
    const sign = [letter.toUpperCase(), letter, '•'].find((candidate) => !taken.has(candidate)) ?? '•';
    taken.add(sign);
    signs.set(key, { sign, meaning: `${name} ${value}`, tone: tones[signs.size % tones.length] as Tone });
  }
  return signs;
}

/** Reads a device from end to end of the plot. */
function trace(
  waveforms: Waveforms,
  seat: number,
  index: number,
  fromUs: number,
  forUs: number,
  signs: ReadonlyMap<string, Sign>,
): WavePanel {
  const { quantities } = waveforms;
  const low = new Float64Array(waveColumns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(waveColumns).fill(Number.NEGATIVE_INFINITY);
  const marks: WaveMark[] = [];
  const count = waveColumns * OVERSAMPLING;
  const states = quantities.map(() => -1);
  let before = Number.NaN;
  let km = 0;
  for (let i = 0; i < count; i++) {
    const slotUs = fromUs + Math.floor((i * forUs) / count);
    const values = waveforms.read(seat, slotUs);
    const column = Math.floor(i / OVERSAMPLING);
    const value = values[index] as number;
    // A line that is steep has no gap between two columns.
    for (const end of [value, before]) {
      if (Number.isNaN(end)) continue;
      low[column] = Math.min(low[column] as number, end);
      high[column] = Math.max(high[column] as number, end);
    }
    before = value;
    quantities.forEach(({ spec, label, name }, quantity) => {
      const state = values[quantity] as number;
      if (name === DISTANCE) km = Math.max(km, state);
      if (!label || spec.names === undefined) return;
      const sign = signs.get(`${quantity}/${state}`);
      if (states[quantity] !== state && states[quantity] !== -1 && sign !== undefined)
        marks.push({ at: slotUs / 1e6, sign: sign.sign, tone: sign.tone });
      states[quantity] = state;
    });
  }
  const away = km === 0 ? '' : `   ${km.toFixed(1)} km from the epicentre`;
  return { title: `${waveforms.deviceId(seat)}${away}`, low, high, marks };
}
