// Names of assets, which are the same in every language. KunaCore's API has codes alone.
const NAMES = new Map(
  Object.entries({
    ADA: 'Cardano',
    ATOM: 'Cosmos',
    AVAX: 'Avalanche',
    BCH: 'Bitcoin Cash',
    BTC: 'Bitcoin',
    DAI: 'Dai',
    DOGE: 'Dogecoin',
    DOT: 'Polkadot',
    ETC: 'Ethereum Classic',
    ETH: 'Ethereum',
    LINK: 'Chainlink',
    LTC: 'Litecoin',
    SOL: 'Solana',
    TON: 'Toncoin',
    TRX: 'TRON',
    UNI: 'Uniswap',
    USDC: 'USD Coin',
    USDT: 'Tether',
    XLM: 'Stellar',
  }),
);

/** Returns an asset's name, or null where its code is all that is known. */
export function assetName(code: string): string | null {
  return NAMES.get(code) ?? null;
}
