/** Returns the middle value. */
export function median(values: number[]): number {
  return percentile(values, 50);
}

/** Returns the value that this share of the values, in percent, does not exceed (nearest rank). */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Returns the median of the ratios of values that were measured in the same round. */
export function ratioOfRounds(values: number[], base: number[]): number {
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

/** Returns the median of each fifth of the samples. */
export function fifthsOf(samples: number[]): number[] {
  const at = (fifth: number) => Math.floor((fifth * samples.length) / 5);
  return Array.from({ length: 5 }, (_, fifth) => median(samples.slice(at(fifth), at(fifth + 1))));
}

/** Returns the growth from the second fifth of the samples to the last fifth, 0.1 for 10 %. The first fifth warms up. */
export function driftOf(samples: number[]): number {
  const [, second = Number.NaN, , , last = Number.NaN] = fifthsOf(samples);
  return last / second - 1;
}
