import 'server-only';
import { z } from 'zod';
import { appendAuditNow } from '@/lib/audit/append';
import { DETAIL_FIELDS, type DetailField } from '@/lib/customers/detail-fields';
import type { Services } from '@/lib/services';

/**
 * Records for support that a person says a verified field is wrong.
 * @returns the field, or null when there is none of that name. @throws the driver's error.
 */
export async function reportWrong(services: Services, userId: string, given: unknown): Promise<DetailField | null> {
  const { data: field } = z.enum(DETAIL_FIELDS).safeParse(given);
  if (!field) return null;
  const actor = `user:${userId}` as const;
  await appendAuditNow(services, { event: 'user_reported_wrong', actor, subject: userId, facts: { field } });
  return field;
}
