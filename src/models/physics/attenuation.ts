import { arctangent } from '../../core/arctangent.ts';
import { exp, tenTo } from '../../core/exponential.ts';
import { ln, log10 } from '../../core/logarithm.ts';

/** Below it, distances no longer change the shape of an envelope. */
const NEAREST_KM = 1;

/** How the strength of a wave follows from magnitude and distance. */
interface AmplitudeLaw {
  a: number;
  b: number;
  c1: number;
  c2: number;
  d: number;
  e: number;
}

/** 10^(α·M + β·R + ε·log₁₀R + μ). */
type DurationLaw = readonly [alpha: number, beta: number, epsilon: number, mu: number];

/**
 * One kind of body wave, horizontal acceleration on soil: G. Cua and T. Heaton, "Characterizing average properties of Southern California
 * ground motion envelopes" (2007), with the velocities and coefficients of the MyShake simulator.
 */
export interface BodyWave {
  /** km/s. */
  readonly velocity: number;
  readonly amplitude: AmplitudeLaw;
  readonly rise: DurationLaw;
  readonly plateau: DurationLaw;
  readonly tau: DurationLaw;
  readonly gamma: DurationLaw;
}

export const pWave: BodyWave = {
  velocity: 6.1,
  amplitude: { a: 0.74, b: 3.3e-3, c1: 2.41, c2: 0.95, d: 1.26, e: -1.05 },
  rise: [0.07, 1.2e-3, 0.24, -0.38],
  plateau: [0.03, 2.37e-3, 0.39, -0.59],
  tau: [0.087, -1.89e-3, 0.58, -0.87],
  gamma: [-0.048, -1.42e-3, -0.13, 0.71],
};

export const sWave: BodyWave = {
  velocity: 3.55,
  amplitude: { a: 0.709, b: 2.3878e-3, c1: 1.722, c2: 0.956, d: 1.4386, e: -0.02453 },
  rise: [0.055, 1.21e-3, 0.34, -0.66],
  plateau: [0.028, 0, 0.07, -0.102],
  tau: [0.0557, -8.2e-4, 0.51, -0.68],
  gamma: [-0.015, -5.89e-4, -0.163, 0.23],
};

/** Median peak of the horizontal acceleration, m/s², at `epicentralKm` from the epicentre of a quake `depthKm` deep. */
export function peakAcceleration(wave: BodyWave, magnitude: number, epicentralKm: number, depthKm: number): number {
  const { a, b, c1, c2, d, e } = wave.amplitude;
  const distance = Math.sqrt(epicentralKm * epicentralKm + depthKm * depthKm);
  // Close to a large quake, more of the fault is not nearer.
  const saturation = c1 * exp(c2 * (magnitude - 5)) * (arctangent(magnitude - 5) + 1.4);
  const effective = distance + saturation;
  return tenTo(a * magnitude - b * effective - d * log10(effective) + e) * 0.01;
}

/** The envelope of a wave after its arrival. */
export interface EnvelopeShape {
  /** Seconds of linear rise, then of full strength; then (1 + t/τ)^−γ. */
  rise: number;
  plateau: number;
  tau: number;
  gamma: number;
}

export function envelopeShape(wave: BodyWave, magnitude: number, epicentralKm: number): EnvelopeShape {
  const km = Math.max(NEAREST_KM, epicentralKm);
  const log = log10(km);
  const law = ([alpha, beta, epsilon, mu]: DurationLaw): number =>
    tenTo(alpha * magnitude + beta * km + epsilon * log + mu);
  return { rise: law(wave.rise), plateau: law(wave.plateau), tau: law(wave.tau), gamma: law(wave.gamma) };
}

/** Seconds after its arrival from which on a wave of peak `peak` stays below `quiet`. */
export function lastsFor({ rise, plateau, tau, gamma }: EnvelopeShape, peak: number, quiet: number): number {
  const decay = peak <= quiet ? 0 : tau * (exp(ln(peak / quiet) / gamma) - 1);
  return rise + plateau + decay;
}
