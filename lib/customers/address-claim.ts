import { z } from 'zod';

// A country code may be a number.
const text = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => value.trim())
  .pipe(z.string().max(500))
  .optional()
  .catch(undefined);

const fields = z.object({
  formatted: text,
  street_address: text,
  locality: text,
  region: text,
  postal_code: text,
  country: text,
});

/**
 * Reads the address claim (OpenID Connect Core 5.1.1) as a country and an address on one line. Providers send it whole,
 * in parts, as JSON in a string, or as a plain string.
 */
export const addressClaim = z
  .preprocess(asObject, fields)
  .transform(({ country, formatted, street_address, postal_code, locality, region }) => {
    const town = [postal_code, locality].filter(Boolean).join(' ');
    const joined = [street_address, town, region === locality ? '' : region].filter(Boolean).join(', ');
    return { country, formatted: (formatted || joined || undefined)?.replace(/\s*[\r\n]+\s*/g, ', ') };
  });

function asObject(claim: unknown): unknown {
  if (typeof claim !== 'string') return claim;
  try {
    const parsed: unknown = JSON.parse(claim);
    return typeof parsed === 'object' && parsed !== null ? parsed : { formatted: claim };
  } catch {
    return { formatted: claim };
  }
}
