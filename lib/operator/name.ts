/** Returns a full name, or null without one. */
export function fullName(person?: { firstName?: string | null; lastName?: string | null }): string | null {
  return [person?.firstName, person?.lastName].filter(Boolean).join(' ') || null;
}
