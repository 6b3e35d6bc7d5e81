import 'server-only';
import { appendAuditNow } from '@/lib/audit/append';
import { countFor } from '@/lib/rate-limits/request';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';

/** A view of the support console with personal data. */
export interface Shown {
  object: 'customers' | 'search' | 'customer' | 'audit-log' | 'timeline' | 'review-queue' | 'details-in-review';
  /** The person shown. */
  subject?: string | null;
  /** The page of a list, from 0. In the audit log, the id of the first event. */
  page?: number;
  /** The kind of filter, never its text. */
  filter?: 'address' | 'customer';
  /** The number of lines. */
  results?: number;
}

/** Counts a view or an action of this operator. @returns false above the limit. */
export async function withinLimit(operator: LiveSession): Promise<boolean> {
  return (await countFor('operator-account', operator.userId)).allowed;
}

/** Records a view before the support console shows it. @throws the driver's error: show nothing then. */
export async function recordShown(
  services: Pick<Services, 'db' | 'keyring'>,
  operator: LiveSession,
  { subject, ...facts }: Shown,
): Promise<void> {
  const actor = `operator:${operator.userId}` as const;
  await appendAuditNow(services, { event: 'sensitive_read', actor, subject, facts });
}
