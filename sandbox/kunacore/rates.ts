import { divide, toText, toUnits } from './money';

export const FIAT = ['UAH', 'EUR', 'USD'] as const;
export const CRYPTO = ['BTC', 'ETH', 'USDT', 'USDC', 'SOL'] as const;
const ASSETS = [...CRYPTO, ...FIAT];

/** The value of one unit in US dollars: invented, plausible and constant. */
const IN_USD: Record<string, string> = {
  BTC: '91250',
  ETH: '3140.5',
  USDT: '1',
  USDC: '1',
  SOL: '182.4',
  USD: '1',
  EUR: '1.16',
  UAH: '0.0238',
};

/** Returns the value of one unit of `source` in `target`, in units of money.ts. */
export function rate(source: string, target: string): bigint {
  return divide(toUnits(IN_USD[source] ?? '0'), toUnits(IN_USD[target] ?? '1'));
}

/** GET /v2/rate/equivalent: returns indicative rates without fees, "0" where there is none. */
export function equivalentRates(): { asset: string; equivalent: Record<string, string> }[] {
  return ASSETS.map((asset) => ({
    asset,
    equivalent: { ...Object.fromEntries(FIAT.map((fiat) => [fiat, toText(rate(asset, fiat), 8)])), GBP: '0' },
  }));
}
