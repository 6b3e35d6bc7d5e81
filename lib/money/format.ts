// Formats decimal strings for a language. Intl reads them digit by digit, without floats.

/** Exceeds the decimal places of every asset. */
const ALL_PLACES = 18;

/** Formats an amount of an asset with all its digits. */
export function formatAmount(amount: string, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: ALL_PLACES }).format(amount as `${number}`);
}

/** Formats a value in a currency, such as "€1,234.50". */
export function formatValue(value: string, currency: string, locale: string): string {
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  return new Intl.NumberFormat(locale, style).format(value as `${number}`);
}

/** Formats a share as a percentage, such as "12%". */
export function formatShare(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: share < 0.01 ? 1 : 0 }).format(share);
}

/** Formats the price of one unit of an asset. A price below one has four digits after its zeros. */
export function formatPrice(price: string, currency: string, locale: string): string {
  const zeros = Math.max(0, -1 - Math.floor(Math.log10(Number(price))));
  const digits = Number(price) < 1 ? { maximumFractionDigits: Math.min(zeros + 4, ALL_PLACES) } : {};
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  return new Intl.NumberFormat(locale, { ...style, ...digits }).format(price as `${number}`);
}
