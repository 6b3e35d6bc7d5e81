const COLOURS = ['text-chart-1', 'text-chart-2', 'text-chart-3', 'text-chart-4', 'text-chart-5'];

/** Returns the text colour of a share, for `fill-current` and `bg-current`. Shares beyond the fifth have one colour. */
export function chartColour(index: number): string {
  return COLOURS[index] ?? 'text-chart-6';
}
