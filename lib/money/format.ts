// The one place that formats amounts. Intl reads decimal strings digit by digit, without floats.
import { type Language, localeOf } from '@/lib/choices';
import { placesOf } from './assets';

/** Exceeds the decimal places of every asset. */
const ALL_PLACES = 18;
/** Keeps an amount and its code on one line. */
const NO_BREAK_SPACE = '\u00a0';

/**
 * Formats an amount with the code of its asset, such as "2,000 UAH", "1,979.90 UAH" or "0.00051642 BTC". Shows every
 * digit. Without a code, the number stands alone.
 */
export function formatMoney(amount: string, code: string | null, language: Language): string {
  return format(amount, code, language, ALL_PLACES);
}

function format(amount: string, code: string | null, language: Language, places: number): string {
  const fewest = placesOf(code) ?? 0;
  const number = new Intl.NumberFormat(localeOf(language), {
    minimumFractionDigits: fewest,
    maximumFractionDigits: Math.max(places, fewest),
    trailingZeroDisplay: 'stripIfInteger',
  }).format(amount as `${number}`);
  return code ? number + NO_BREAK_SPACE + code : number;
}

/** Formats the order of a value for a drawing, such as "12K". */
export function formatRough(value: string, language: Language): string {
  const options = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(localeOf(language), options).format(value as `${number}`);
}

/** Formats a share as a percentage, such as "12%". */
export function formatShare(share: number, language: Language): string {
  const options = { style: 'percent', maximumFractionDigits: share < 0.01 ? 1 : 0 } as const;
  return new Intl.NumberFormat(localeOf(language), options).format(share);
}

/** Formats the price of one unit of an asset. A price below one has four digits after its zeros. */
export function formatPrice(price: string, currency: string, language: Language): string {
  const zeros = Math.max(0, -1 - Math.floor(Math.log10(Number(price))));
  const places = Number(price) < 1 ? Math.min(zeros + 4, ALL_PLACES) : (placesOf(currency) ?? 2);
  return format(price, currency, language, places);
}
