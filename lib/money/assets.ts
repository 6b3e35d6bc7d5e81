import { type ByLanguage, inLanguage, type Language } from '@/lib/choices';

/** What people call an asset. */
interface Asset {
  name: ByLanguage<string>;
  symbol?: string;
  /** The decimal places of a currency, such as 2. Crypto has none of its own: every digit is shown. */
  places?: number;
}

const same = (name: string): Asset['name'] => ({ en: name });

/** The assets and currencies that people know by name. KunaCore may have others. */
const ASSETS: Record<string, Asset> = {
  BTC: { name: same('Bitcoin'), symbol: '₿' },
  ETH: { name: same('Ethereum'), symbol: 'Ξ' },
  USDT: { name: same('Tether'), symbol: '₮' },
  USDC: { name: same('USD Coin') },
  SOL: { name: same('Solana') },
  TRX: { name: same('TRON') },
  TON: { name: same('Toncoin') },
  LTC: { name: same('Litecoin'), symbol: 'Ł' },
  XRP: { name: same('XRP') },
  BNB: { name: same('BNB') },
  DOGE: { name: same('Dogecoin'), symbol: 'Ð' },
  ADA: { name: same('Cardano') },
  ATOM: { name: same('Cosmos') },
  AVAX: { name: same('Avalanche') },
  BCH: { name: same('Bitcoin Cash') },
  DAI: { name: same('Dai') },
  DOT: { name: same('Polkadot') },
  ETC: { name: same('Ethereum Classic') },
  LINK: { name: same('Chainlink') },
  UNI: { name: same('Uniswap') },
  XLM: { name: same('Stellar') },
  UAH: { name: { en: 'Ukrainian hryvnia', uk: 'Гривня' }, symbol: '₴', places: 2 },
  EUR: { name: { en: 'Euro', uk: 'Євро' }, symbol: '€', places: 2 },
  USD: { name: { en: 'US dollar', uk: 'Долар США' }, symbol: '$', places: 2 },
};

/** The codes of the known crypto assets. */
export const CRYPTO_ASSETS = Object.keys(ASSETS).filter((code) => ASSETS[code]?.places === undefined);

/** Returns an asset's name, or its code where the name is unknown. */
export function assetName(code: string, language: Language): string {
  const asset = known(code);
  return asset ? inLanguage(asset.name, language) : code;
}

/** Returns name and code, such as "Bitcoin · BTC", or the code alone where the name is unknown or the same. */
export function assetLabel(code: string, language: Language): string {
  const name = assetName(code, language);
  return name === code ? code : `${name} · ${code}`;
}

/** Returns an asset's symbol, such as "₿", or null without one. */
export function assetSymbol(code: string): string | null {
  return known(code)?.symbol ?? null;
}

/** Returns the decimal places of a currency, or null for crypto and unknown codes. */
export function placesOf(code: string | null): number | null {
  return (code !== null && known(code)?.places) || null;
}

/** Codes come from KunaCore, so one may be the name of an object's own member. */
function known(code: string): Asset | undefined {
  return Object.hasOwn(ASSETS, code) ? ASSETS[code] : undefined;
}
