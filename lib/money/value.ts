import Big from 'big.js';

/** What an amount is worth, in the currency of the rate. Both are decimal strings; null where there is no rate. */
export function worth(amount: string, rate: string | undefined): string | null {
  if (!rate || new Big(rate).eq(0)) return null;
  return new Big(amount).times(rate).toFixed();
}

/** The sum of decimal strings, as one. */
export function sum(amounts: string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Big(0)).toFixed();
}

/** Part of a whole from 0 to 1, for drawing; 0 of nothing. */
export function share(part: string, whole: string): number {
  return new Big(whole).eq(0) ? 0 : new Big(part).div(whole).toNumber();
}

/** Is there anything? "0", "0.000" and the like are nothing. */
export function isZero(amount: string): boolean {
  return new Big(amount).eq(0);
}

/** Largest first. */
export function descending(one: string, other: string): number {
  return new Big(other).cmp(one);
}

/** Cut to so many places, rounded half up: for values, never for amounts that somebody owns. */
export function rounded(value: string, places: number): string {
  return new Big(value).toFixed(places, Big.roundHalfUp);
}
