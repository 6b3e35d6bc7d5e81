import 'server-only';
import { eq, sql } from 'drizzle-orm';
import { recordCounted } from '../audit/counted';
import { IntegrityError } from '../crypto/bound-row';
import type { Lease } from '../customers/lease';
import { readCustomer } from '../customers/row';
import { authorisations, customers } from '../db/schema';
import { inTransaction } from '../db/transaction';
import { killPoint } from '../kill-points';
import type { Services } from '../services';

/**
 * Carries out the wanted invalidations of one customer.
 * One call settles all ends wanted so far: `POST /v2/ramp/invalidate` names the customer, not a token.
 * @returns the epoch: the count of ends that KunaCore has now carried out.
 * @param lease of this customer, which the caller holds.
 * @throws KunaCoreError when it could not be carried out, LeaseBusy when the lease was lost,
 * IntegrityError when the row was changed past the portal, so that it is not known whom to name; the wish stays.
 */
export async function settleInvalidations(services: Services, userId: string, lease: Lease): Promise<number> {
  const [row] = await services.db
    .select({ wanted: authorisations.wanted, done: authorisations.done, customer: customers })
    .from(authorisations)
    .innerJoin(customers, eq(customers.userId, authorisations.userId))
    .where(eq(authorisations.userId, userId));
  if (!row?.customer.customerId) throw new Error('settleInvalidations needs a linked customer');
  if (row.wanted <= row.done) return row.done;
  const { customerId } = readCustomer(services.keyring, row.customer);
  if (!customerId) throw new IntegrityError('customers');
  await lease.renew();
  await services.kunacore.invalidate(customerId);
  killPoint('after-invalidate');
  await inTransaction(services.db, async (tx) => {
    await tx
      .update(authorisations)
      .set({ done: sql`greatest(${authorisations.done}, ${row.wanted})`, attempts: 0 })
      .where(eq(authorisations.userId, userId));
    const facts = { epoch: row.wanted };
    const revoked = { event: 'authn_token_revoked', actor: 'system', subject: userId, facts } as const;
    await recordCounted(tx, services.keyring, revoked);
  });
  services.log.info({ event: 'authorisation_invalidated', userId });
  return row.wanted;
}
