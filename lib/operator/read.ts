import 'server-only';
import { appendAuditNow } from '@/lib/audit/append';
import { countFor } from '@/lib/rate-limits/request';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';

/** Something of the desk that shows several people, or one. */
export interface Shown {
  object: 'customers' | 'search' | 'customer' | 'trail';
  /** The person whose file or history it is. */
  subject?: string | null;
  /** Of a list: which page, from 0; of the trail: the number of its first event. */
  page?: number;
  /** What narrowed it, never the text. */
  filter?: 'address' | 'customer';
  /** How many lines came. */
  results?: number;
}

/** Counts a look or an action of this operator. @returns false when it was one too many. */
export async function withinLimit(operator: LiveSession): Promise<boolean> {
  return (await countFor('operator-account', operator.userId)).allowed;
}

/**
 * Records what the desk is about to show, before it does. @throws the driver's error: then nothing is shown.
 */
export async function recordShown(
  services: Pick<Services, 'db' | 'keyring'>,
  operator: LiveSession,
  { subject, ...facts }: Shown,
): Promise<void> {
  const actor = `operator:${operator.userId}` as const;
  await appendAuditNow(services, { event: 'sensitive_read', actor, subject, facts });
}
