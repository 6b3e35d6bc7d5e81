import { z } from 'zod';
import { addressClaim } from './address-claim';

const text = z.string().trim().max(500).optional().catch(undefined);

/** The claims about a person that are details, too (OpenID Connect Core 5.1). Drops malformed ones. */
const personClaims = z.object({
  given_name: text,
  family_name: text,
  phone_number: text,
  address: addressClaim.optional().catch(undefined),
});

/** Returns claims under the names of the details form. Malformed ones are missing. */
export function readPersonClaims(claims: object) {
  const { given_name, family_name, phone_number, address } = personClaims.parse(claims);
  return {
    firstName: given_name,
    lastName: family_name,
    phoneNumber: phone_number,
    country: address?.country,
    residenceAddress: address?.formatted,
  };
}
