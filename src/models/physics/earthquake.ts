import type { Micros } from '../../core/clock.ts';
import { exp, tenTo } from '../../core/exponential.ts';
import { ln } from '../../core/logarithm.ts';
import { cosTurns, sinTurns } from '../../core/trigonometry.ts';
import type { SceneEvent } from '../scene.ts';
import { type BodyWave, envelopeShape, lastsFor, peakAcceleration, pWave, sWave } from './attenuation.ts';
import type { Place } from './city.ts';
import { cornerFrequency, LINES, type SourceLines, sourceLines } from './source-spectrum.ts';

/** What the ground does. */
export const Shaking = { none: 0, p: 1, s: 2 } as const;

/** Names in the order of the numbers above. */
export const shakingNames = ['none', 'p', 's'] as const;

/** Below it nobody can tell the shaking from the noise of a phone, m/s². */
const QUIET = 0.01;
/** Distances for which the laws are evaluated; between them they are as good as straight. */
const NODES = 128;
/** Numbers per wave and node: peak, rise, plateau, τ, γ. */
const WIDTH = 5;
/** How far the phases at one place depart from the source's, turns: little for long waves. */
const SCATTER_TURNS = 0.1 / LINES;

/** Motion of the ground at one place and time. Written by `Earthquake.feel`; reused. */
export class GroundMotion {
  /** m/s²: away from the epicentre, to the left of that, and up. */
  radial = 0.5;
  transverse = 0.5;
  up = 0.5;
  phase: number = Shaking.none;
  /** Seconds from the origin of the quake to each wave's arrival here. */
  pArrival = 0.5;
  sArrival = 0.5;
}

/** One wave's lines and where its numbers stand in the table. */
interface Wave {
  lines: SourceLines;
  velocity: number;
  column: number;
  /** When the pulse of the source comes, in parts of the rise and of the plateau after the arrival. */
  crest: { rise: number; plateau: number };
}

/** Near by, S comes before P has risen in full. */
const P_CREST = { rise: 0.6, plateau: 0 };
/** The middle of the strongest motion. */
const S_CREST = { rise: 1, plateau: 0.5 };

/**
 * One earthquake for all phones of a city. What depends on magnitude and distance is computed once, as a table over the distances that
 * there are; an event then costs a look into it and one sum of oscillations per wave.
 */
export class Earthquake {
  readonly atUs: Micros;
  /** From here on it is quiet everywhere. */
  readonly endUs: Micros;
  readonly #depthKm: number;
  readonly #distanceKm: number;
  readonly #scatter: number;
  readonly #fromKm: number;
  readonly #nodesPerKm: number;
  readonly #table: Float64Array;
  readonly #p: Wave;
  readonly #s: Wave;
  /** Sums of the oscillations of one wave; scratch of `#oscillate`. */
  #cos = 0.5;
  #sin = 0.5;

  /** `scatter`: standard deviation of log₁₀ of the ground's amplification. */
  constructor(event: Extract<SceneEvent, { kind: 'quake' }>, cityRadiusKm: number, scatter: number) {
    const { atUs, magnitude, depthKm, distanceKm, key } = event;
    this.atUs = atUs;
    this.#depthKm = depthKm;
    this.#distanceKm = distanceKm;
    this.#scatter = scatter;
    this.#fromKm = Math.max(0, distanceKm - cityRadiusKm);
    const stepKm = (distanceKm + cityRadiusKm - this.#fromKm) / (NODES - 1);
    this.#nodesPerKm = 1 / stepKm;
    this.#table = new Float64Array(NODES * 2 * WIDTH);
    const waveOf = ({ velocity }: BodyWave, column: number, crest: Wave['crest']): Wave => ({
      lines: sourceLines(cornerFrequency(magnitude, velocity), key, column),
      velocity,
      column,
      crest,
    });
    this.#p = waveOf(pWave, 0, P_CREST);
    this.#s = waveOf(sWave, WIDTH, S_CREST);
    let seconds = 0;
    for (let node = 0; node < NODES; node++) {
      const km = this.#fromKm + node * stepKm;
      for (const [column, wave] of [
        [0, pWave],
        [WIDTH, sWave],
      ] as const) {
        const peak = peakAcceleration(wave, magnitude, km, depthKm);
        const shape = envelopeShape(wave, magnitude, km);
        this.#table.set([peak, shape.rise, shape.plateau, shape.tau, shape.gamma], node * 2 * WIDTH + column);
        const arrival = Math.sqrt(km * km + depthKm * depthKm) / wave.velocity;
        seconds = Math.max(seconds, arrival + lastsFor(shape, peak * tenTo(2 * scatter), QUIET));
      }
    }
    this.endUs = atUs + Math.ceil(seconds * 1_000_000);
  }

  /** Epicentral distance of a place, km. */
  distanceOf({ x, y }: Place): number {
    const along = this.#distanceKm + x;
    return Math.sqrt(along * along + y * y);
  }

  /** The motion at `place` and `tUs`, at or after the quake's origin and before its end. */
  feel(place: Place, tUs: Micros, out: GroundMotion): void {
    const km = this.distanceOf(place);
    const hypocentralKm = Math.sqrt(km * km + this.#depthKm * this.#depthKm);
    const seconds = (tUs - this.atUs) * 1e-6;
    const pArrival = hypocentralKm / this.#p.velocity;
    const sArrival = hypocentralKm / this.#s.velocity;
    out.pArrival = pArrival;
    out.sArrival = sArrival;
    out.radial = 0;
    out.transverse = 0;
    out.up = 0;
    out.phase = Shaking.none;
    if (seconds < pArrival) return;

    const amplification = tenTo(this.#scatter * place.ground);
    const where = (km - this.#fromKm) * this.#nodesPerKm;
    const sStrength =
      seconds < sArrival ? 0 : this.#oscillate(this.#s, where, seconds - sArrival, place.bits) * amplification;
    if (seconds >= sArrival && this.#over(where, seconds - sArrival, sStrength)) return;
    out.phase = seconds < sArrival ? Shaking.p : Shaking.s;
    out.radial = 0.7 * sStrength * this.#sin;
    out.transverse = sStrength * this.#cos;
    out.up = 0.4 * sStrength * (this.#sin - 0.5 * this.#cos);

    const pStrength = this.#oscillate(this.#p, where, seconds - pArrival, place.bits) * amplification;
    out.radial += pStrength * this.#cos;
    out.transverse += 0.2 * pStrength * this.#sin;
    out.up += pStrength * (this.#cos + 0.3 * this.#sin);
  }

  /** Whether the S wave has died away. */
  #over(where: number, seconds: number, strength: number): boolean {
    const column = this.#s.column;
    return strength < QUIET && seconds > this.#value(where, column + 1) + this.#value(where, column + 2);
  }

  /** Sums a wave's oscillations `seconds` after its arrival; returns its strength there, m/s². */
  #oscillate({ lines, column, crest }: Wave, where: number, seconds: number, bits: number): number {
    const rise = this.#value(where, column + 1);
    const plateau = this.#value(where, column + 2);
    const { frequencies, weights, phases } = lines;
    const sinceCrest = seconds - crest.rise * rise - crest.plateau * plateau;
    let cos = 0;
    let sin = 0;
    for (let line = 0; line < LINES; line++) {
      const departure = (((bits >>> (3 * line)) & 7) - 3.5) * (SCATTER_TURNS / 3.5) * line;
      const turns = (frequencies[line] as number) * sinceCrest + (phases[line] as number) + departure;
      const weight = weights[line] as number;
      cos += weight * cosTurns(turns);
      sin += weight * sinTurns(turns);
    }
    this.#cos = cos;
    this.#sin = sin;

    const peak = this.#value(where, column);
    if (seconds < rise) return (peak * seconds) / rise;
    const decaying = seconds - rise - plateau;
    if (decaying <= 0) return peak;
    return peak * exp(-this.#value(where, column + 4) * ln(1 + decaying / this.#value(where, column + 3)));
  }

  /** A column of the table between two nodes. */
  #value(where: number, column: number): number {
    const node = Math.min(Math.max(0, Math.floor(where)), NODES - 2);
    const at = node * 2 * WIDTH + column;
    const from = this.#table[at] as number;
    return from + ((this.#table[at + 2 * WIDTH] as number) - from) * (where - node);
  }
}
