/** What a person may do: operators see and end what belongs to customers (app/operator). */
export type Role = 'customer' | 'operator';

/** An operator is who signs in with a verified address of the institution's list (OPERATOR_EMAILS). */
export function roleOf(email: string | null, operatorEmails: readonly string[]): Role {
  return email !== null && operatorEmails.includes(email) ? 'operator' : 'customer';
}
