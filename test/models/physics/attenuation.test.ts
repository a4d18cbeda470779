import { describe, expect, it } from 'vitest';
import { envelopeShape, lastsFor, peakAcceleration, pWave, sWave } from '../../../src/models/physics/attenuation.ts';
import { cornerFrequency, sourceLines } from '../../../src/models/physics/source-spectrum.ts';

describe('attenuation', () => {
  // Computed from the published laws, soil, 9 km deep: m/s².
  it.each([
    [4, 10, 0.026, 0.137],
    [5, 5, 0.15, 0.8],
    [5, 10, 0.11, 0.57],
    [5, 30, 0.04, 0.17],
    [6, 10, 0.31, 1.62],
    [6, 30, 0.14, 0.64],
    [7, 10, 0.59, 3.1],
    [7, 100, 0.09, 0.39],
  ])('magnitude %d at %d km: P %d, S %d m/s²', (magnitude, km, p, s) => {
    const error = (found: number, known: number): number => Math.abs(found - known);
    expect(error(peakAcceleration(pWave, magnitude, km, 9), p)).toBeLessThan(p < 0.1 ? 0.005 : 0.0051);
    expect(error(peakAcceleration(sWave, magnitude, km, 9), s)).toBeLessThan(0.0051);
  });

  it('shapes the envelope as the law of each duration says', () => {
    const power = ([alpha, beta, epsilon, mu]: number[], m: number, km: number): number =>
      10 ** ((alpha as number) * m + (beta as number) * km + (epsilon as number) * Math.log10(km) + (mu as number));
    const { rise, plateau, tau, gamma } = envelopeShape(sWave, 6, 20);
    expect(rise).toBeCloseTo(power([0.055, 1.21e-3, 0.34, -0.66], 6, 20), 12);
    expect(plateau).toBeCloseTo(power([0.028, 0, 0.07, -0.102], 6, 20), 12);
    expect(tau).toBeCloseTo(power([0.0557, -8.2e-4, 0.51, -0.68], 6, 20), 12);
    expect(gamma).toBeCloseTo(power([-0.015, -5.89e-4, -0.163, 0.23], 6, 20), 12);
    expect(envelopeShape(pWave, 6, 0)).toEqual(envelopeShape(pWave, 6, 1));
  });

  it('is quiet when the decay has come down to it', () => {
    const shape = { rise: 1, plateau: 2, tau: 3, gamma: 0.5 };
    const seconds = lastsFor(shape, 4, 0.5);
    expect(4 * (1 + (seconds - 3) / 3) ** -0.5).toBeCloseTo(0.5, 12);
    expect(lastsFor(shape, 0.1, 0.5)).toBe(3);
  });
});

describe('source', () => {
  it.each([
    [3, 11],
    [4, 3.6],
    [5, 1.1],
    [6, 0.36],
    [7, 0.11],
  ])('magnitude %d has its corner at %d Hz', (magnitude, hertz) => {
    expect(Math.abs(cornerFrequency(magnitude, 3.5) / hertz - 1)).toBeLessThan(0.04);
  });

  it('is strongest about the corner, with a crest of 1', () => {
    const { frequencies, weights, phases } = sourceLines(1, { k0: 1, k1: 2 }, 0);
    const energy = (keep: (hertz: number) => boolean): number =>
      weights.reduce((sum, weight, i) => sum + (keep(frequencies[i] as number) ? weight * weight : 0), 0);
    expect(energy((hertz) => hertz > 0.5 && hertz < 1.6) / energy(() => true)).toBeGreaterThan(0.6);
    expect(energy((hertz) => hertz > 3) / energy(() => true)).toBeLessThan(0.15);
    const crest = weights.reduce((sum, weight, i) => sum + weight * Math.cos(2 * Math.PI * (phases[i] as number)), 0);
    expect(crest).toBeCloseTo(1, 6);
  });
});
