/** Running sums of `count` weights. */
export function sumsOf(count: number, weightOf: (index: number) => number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += weightOf(i);
    sums[i] = sum;
  }
  return sums;
}

/** Index drawn with the probability of its weight, from a uniform number in [0, 1). */
export function pick(sums: Float64Array, uniform: number): number {
  let high = sums.length - 1;
  const wanted = uniform * (sums[high] as number);
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
