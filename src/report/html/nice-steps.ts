/** Round numbers from 0 up to or beyond `most`, about so many: 1, 2 or 5 times a power of ten apart. */
export function niceSteps(most: number, about: number): number[] {
  const rough = Math.max(most, 1e-9) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}
