import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { appendCountedAudit } from '@/lib/audit/counted';
import { IntegrityError } from '@/lib/crypto/bound-row';
import type { Lease } from '@/lib/customers/lease';
import { readCustomer } from '@/lib/customers/row';
import { authorisations, customers } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';

/**
 * Carries out the wanted invalidations of one customer.
 * One call settles all ends wanted so far: `POST /v2/ramp/invalidate` names the customer, not a token.
 * @returns the epoch: the count of ends that KunaCore has now carried out.
 * @param lease of this customer, which the caller holds.
 * @throws KunaCoreError when it could not be carried out, LeaseBusy when the lease was lost,
 * IntegrityError when the row was changed past the portal, so that it is not known whom to name; the wish stays.
 */
export async function revokePending(services: Services, userId: string, lease: Lease): Promise<number> {
  const [row] = await services.db
    .select({ epoch: authorisations.epoch, revokedEpoch: authorisations.revokedEpoch, customer: customers })
    .from(authorisations)
    .innerJoin(customers, eq(customers.userId, authorisations.userId))
    .where(eq(authorisations.userId, userId));
  if (!row?.customer.customerId) throw new Error('revokePending needs a linked customer');
  if (row.epoch <= row.revokedEpoch) return row.revokedEpoch;
  const { customerId } = readCustomer(services.keyring, row.customer);
  if (!customerId) throw new IntegrityError('customers');
  await lease.renew();
  await services.kunacore.invalidate(customerId);
  await inTransaction(services.db, async (tx) => {
    await tx
      .update(authorisations)
      .set({ revokedEpoch: sql`greatest(${authorisations.revokedEpoch}, ${row.epoch})`, attempts: 0 })
      .where(eq(authorisations.userId, userId));
    const facts = { epoch: row.epoch };
    const revoked = { event: 'authn_token_revoked', actor: 'system', subject: userId, facts } as const;
    await appendCountedAudit(tx, services.keyring, revoked);
  });
  services.log.info({ event: 'authorisation_invalidated', userId });
  return row.epoch;
}
