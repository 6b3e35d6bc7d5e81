// Decimal strings → what a reader of a language expects. Intl reads them digit by digit: no float is involved.

/** More places than any asset has. */
const ALL_PLACES = 18;

/** An amount of an asset, with all its digits. */
export function formatAmount(amount: string, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: ALL_PLACES }).format(amount as `${number}`);
}

/** A value in a currency, e.g. "€1,234.50". */
export function formatValue(value: string, currency: string, locale: string): string {
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  return new Intl.NumberFormat(locale, style).format(value as `${number}`);
}

/** A part of a whole, e.g. "12%". */
export function formatShare(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: share < 0.01 ? 1 : 0 }).format(share);
}
