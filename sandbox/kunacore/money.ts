// Represents amounts as decimal strings outside and as integers of 10^-18 inside, never as floats.
const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);

/** Parses "12.5" to units. @throws RangeError for anything but a plain decimal of at most 18 places. */
export function toUnits(text: string): bigint {
  const match = /^(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text);
  if (!match) throw new RangeError(`not an amount: ${text.slice(0, 40)}`);
  return BigInt(match[1] ?? '0') * ONE + BigInt((match[2] ?? '').padEnd(PLACES, '0'));
}

/** Formats units as the shortest decimal string, rounded down to `places` where given. */
export function toText(units: bigint, places = PLACES): string {
  const step = 10n ** BigInt(PLACES - places);
  const digits = ((units / step) * step).toString().padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return digits.slice(0, -PLACES) + (fraction ? `.${fraction}` : '');
}

export function multiply(left: bigint, right: bigint): bigint {
  return (left * right) / ONE;
}

export function divide(left: bigint, right: bigint): bigint {
  return (left * ONE) / right;
}
