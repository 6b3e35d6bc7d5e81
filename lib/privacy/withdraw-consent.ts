import 'server-only';
import { eq } from 'drizzle-orm';
import { appendAudit, placeColumns } from '@/lib/audit/append';
import { startNextEpoch } from '@/lib/authorisations/epoch';
import { NO_REVIEW } from '@/lib/customers/details';
import { appendHistory } from '@/lib/customers/history';
import { customers, details } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';

/**
 * Withdraws a person's consent to sharing their details with Kuna (GDPR 7(3)). One transaction ends the Kuna session on all
 * devices and stops every further handover; the sessions here, the wallet and what Kuna has already stay. Agreeing again
 * (`storeDetails`) takes it back. A call that is under way at this moment may still arrive.
 * @returns false when there is no consent to withdraw. @throws the driver's error when nothing could be stored.
 */
export async function withdrawConsent(services: Services, userId: string): Promise<boolean> {
  const withdrawn = await inTransaction(services.db, async (tx) => {
    const [found] = await tx
      .select({ withdrawnAt: customers.consentWithdrawnAt, consent: details, at: placeColumns.at })
      .from(customers)
      .innerJoin(details, eq(details.userId, customers.userId))
      .where(eq(customers.userId, userId))
      .for('update', { of: customers });
    if (!found || found.withdrawnAt) return false;
    const { consent, at } = found;
    await tx
      .update(customers)
      .set({ consentWithdrawnAt: at, ...NO_REVIEW })
      .where(eq(customers.userId, userId));
    await startNextEpoch(tx, [userId], 'consent-withdrawn');
    const actor = `user:${userId}` as const;
    await appendHistory({ ...services, db: tx }, { ...consent, reviewers: 0 }, { kind: 'withdrawn', actor, at });
    const facts = { consent: 'withdrawn', version: consent.version } as const;
    await appendAudit(tx, services.keyring, { event: 'user_updated', actor, subject: userId, facts });
    return true;
  });
  if (withdrawn) services.wake();
  return withdrawn;
}
