import Big from 'big.js';

/** Returns the value of an amount in the currency of the rate, or null without a rate. All are decimal strings. */
export function worth(amount: string, rate: string | undefined): string | null {
  if (!rate || new Big(rate).eq(0)) return null;
  return new Big(amount).times(rate).toFixed();
}

/** Returns the sum of decimal strings as a decimal string. */
export function sum(amounts: string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Big(0)).toFixed();
}

/** Returns a part of a whole as a number from 0 to 1, for drawing. Returns 0 when the whole is 0. */
export function share(part: string, whole: string): number {
  return new Big(whole).eq(0) ? 0 : new Big(part).div(whole).toNumber();
}

/** Reports whether an amount is zero, in any spelling such as "0" or "0.000". */
export function isZero(amount: string): boolean {
  return new Big(amount).eq(0);
}

/** Compares two amounts for sorting, largest first. */
export function descending(one: string, other: string): number {
  return new Big(other).cmp(one);
}

/** Rounds a value half up. Never use it for amounts that a customer owns. */
export function rounded(value: string, places: number): string {
  return new Big(value).toFixed(places, Big.roundHalfUp);
}
