const NAMES = { BTC: 'Bitcoin', ETH: 'Ethereum', USDT: 'Tether', USDC: 'USD Coin', SOL: 'Solana' };

/** How an asset is offered: its code, and its name where we know it. */
export function assetLabel(asset) {
  return NAMES[asset] ? `${asset} · ${NAMES[asset]}` : asset;
}

/**
 * An amount as a person reads it: "1,234.50 UAH". Amounts are decimal strings and stay strings:
 * a float would change them.
 *
 * @param {number} [leastDigits] digits after the point that are always there
 */
export function money(amount, asset, leastDigits = 0) {
  const [whole, fraction = ''] = amount.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const digits = fraction.replace(/0+$/, '').padEnd(leastDigits, '0');
  return `${digits ? `${grouped}.${digits}` : grouped} ${asset}`;
}

/** Whether an amount is not zero. */
export function isSome(amount) {
  return /[1-9]/.test(amount);
}
