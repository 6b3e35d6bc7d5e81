const NAMES = { BTC: 'Bitcoin', ETH: 'Ethereum', USDT: 'Tether', USDC: 'USD Coin', SOL: 'Solana' };

/** Returns an asset's label: its code, and its name where known. */
export function assetLabel(asset) {
  return NAMES[asset] ? `${asset} · ${NAMES[asset]}` : asset;
}

/**
 * Formats an amount for people: "1,234.50 UAH". Keeps decimal strings, because floats would change them.
 *
 * @param {number} [leastDigits] the minimum number of digits after the point
 */
export function money(amount, asset, leastDigits = 0) {
  const [whole, fraction = ''] = amount.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const digits = fraction.replace(/0+$/, '').padEnd(leastDigits, '0');
  return `${digits ? `${grouped}.${digits}` : grouped} ${asset}`;
}

/** Returns whether an amount is not zero. */
export function isSome(amount) {
  return /[1-9]/.test(amount);
}
