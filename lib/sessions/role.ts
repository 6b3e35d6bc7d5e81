import type { Config } from '@/lib/config/config';

/** What a person may do: operators see and end what belongs to customers (app/operator). */
export type Role = 'customer' | 'operator';

/**
 * An operator is who signs in with a verified address of the institution's list (OPERATOR_EMAILS), in a way that
 * counts for operators (OPERATOR_SIGN_IN).
 * @param provider how the session began: next-auth's id of the provider; null when that is not known.
 */
export function roleOf(
  email: string | null,
  provider: string | null,
  { operatorEmails, operatorSignIn }: Pick<Config, 'operatorEmails' | 'operatorSignIn'>,
): Role {
  const wayCounts = operatorSignIn === 'any' || provider === 'oidc';
  return wayCounts && email !== null && operatorEmails.includes(email) ? 'operator' : 'customer';
}
