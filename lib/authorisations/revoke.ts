import 'server-only';
import { asc, eq, sql } from 'drizzle-orm';
import { appendCountedAudit } from '@/lib/audit/counted';
import { IntegrityError } from '@/lib/crypto/bound-row';
import type { Lease } from '@/lib/customers/lease';
import { readCustomer } from '@/lib/customers/row';
import { authorisations, customers, isUnrevoked } from '@/lib/db/schema';
import { inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { record, traced } from '@/lib/telemetry/telemetry';

/**
 * Revokes one customer's access up to the current epoch. One call is enough for all epochs that have ended:
 * `POST /v2/ramp/invalidate` names the customer, not a token.
 * @returns the epoch up to which access is now revoked.
 * @param lease of this customer, which the caller holds.
 * @throws KunaCoreError when KunaCore did not confirm, LeaseBusy when the lease was lost, IntegrityError when the row
 * was changed past the portal, so that the customer is unknown; the revocation stays pending.
 */
export function revokePending(services: Services, userId: string, lease: Lease): Promise<number> {
  return traced({ name: 'kuna_portal.revoke' }, () => revokeUnderLease(services, userId, lease));
}

async function revokeUnderLease(services: Services, userId: string, lease: Lease): Promise<number> {
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
  const seconds = await inTransaction(services.db, async (tx) => {
    const [updated] = await tx
      .update(authorisations)
      .set({ revokedEpoch: sql`greatest(${authorisations.revokedEpoch}, ${row.epoch})`, attempts: 0 })
      .where(eq(authorisations.userId, userId))
      .returning({
        latency: sql<number | null>`extract(epoch from now() - ${authorisations.epochStartedAt})::float8`,
      });
    const facts = { epoch: row.epoch };
    const revoked = { event: 'authn_token_revoked', actor: 'system', subject: userId, facts } as const;
    await appendCountedAudit(tx, services.keyring, revoked);
    return updated?.latency ?? null;
  });
  if (seconds !== null) record('kuna_portal.revoke.latency', seconds, {});
  services.log.info({ event: 'authorisation_invalidated', userId });
  return row.epoch;
}

/** Revocations that KunaCore has not carried out yet. */
export interface Pending {
  count: number;
  /** Seconds since the oldest of them became due; null when there is none. */
  oldestSeconds: number | null;
}

/** Counts pending revocations, from the oldest on. @param most where the count stops. @throws the driver's error. */
export async function pendingRevocations({ db }: Pick<Services, 'db'>, most?: number): Promise<Pending> {
  const pending = db
    .select({ since: authorisations.epochStartedAt })
    .from(authorisations)
    .where(isUnrevoked(authorisations))
    .$dynamic();
  const counted = (most ? pending.orderBy(asc(authorisations.epochStartedAt)).limit(most) : pending).as('pending');
  const [row] = await db
    .select({
      count: sql<number>`count(*)::int`,
      oldestSeconds: sql<number | null>`floor(extract(epoch from now() - min(${counted.since})))::int`,
    })
    .from(counted);
  return { count: row?.count ?? 0, oldestSeconds: row?.oldestSeconds ?? null };
}
