import type { CustomerState } from '@/lib/customers/state';

/** The one state of a person in the support console: an account that is gone or blocked outweighs everything else. */
export type Standing = 'deleted' | 'sign-in-blocked' | CustomerState['state'];

export function standingOf(person: { deleted: boolean; blocked: boolean; state: CustomerState['state'] }): Standing {
  if (person.deleted) return 'deleted';
  return person.blocked ? 'sign-in-blocked' : person.state;
}
