import 'server-only';
import { eq, sql } from 'drizzle-orm';
import type { Verdict } from '@/lib/audit/verify';
import { auditChecks } from '@/lib/db/schema';
import type { Services } from '@/lib/services';

type Used = Pick<Services, 'db'>;

export type AuditCheck = typeof auditChecks.$inferSelect;

const ONLY_ROW = 1;

/** Stores the result of `npm run audit:verify` for the support console. @throws the driver's error. */
export async function storeAuditCheck({ db }: Used, verdict: Verdict): Promise<void> {
  const problem = verdict.ok ? null : verdict.problem;
  const events = verdict.ok ? verdict.head.seq : 'seq' in verdict ? verdict.seq - 1 : 0;
  const check = { problem, events, at: sql`now()` };
  await db
    .insert(auditChecks)
    .values({ id: ONLY_ROW, ...check })
    .onConflictDoUpdate({ target: auditChecks.id, set: check });
}

/** Returns the last result, or null before the first. @throws the driver's error. */
export async function lastAuditCheck({ db }: Used): Promise<AuditCheck | null> {
  const [check] = await db.select().from(auditChecks).where(eq(auditChecks.id, ONLY_ROW));
  return check ?? null;
}
