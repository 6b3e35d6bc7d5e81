import 'server-only';
import { appendAuditNow } from '@/lib/audit/append';
import { countFor } from '@/lib/rate-limits/request';
import type { Query } from '@/lib/search/query';
import type { Services } from '@/lib/services';
import type { LiveSession } from '@/lib/sessions/find';
import type { Queue } from './queue-names';

/** A view of the support console with personal data. */
export interface Shown {
  object: 'customers' | 'search' | 'customer' | 'audit-log' | 'timeline' | 'review-queue' | 'details-in-review';
  /** The person shown. */
  subject?: string | null;
  /** The id of the first event in the audit log. */
  page?: number;
  /** The queue of a list, or the kind of filter; never its text. */
  filter?: 'customer' | Query['kind'] | Queue;
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
