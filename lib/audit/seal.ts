import 'server-only';
import { inArray, sql } from 'drizzle-orm';
import { logTampering } from '@/lib/crypto/bound-row';
import type { Keyring } from '@/lib/crypto/keyring';
import type { Database } from '@/lib/db/client';
import { auditEvents } from '@/lib/db/schema';
import { afterCommit, inTransaction } from '@/lib/db/transaction';
import type { Services } from '@/lib/services';
import { type Anchor, anchors } from './anchors';
import { auditHead, readUnsealed } from './read';
import { type AuditRow, coveredByHash, faultOfMac } from './signatures';
import { unsealedEvents } from './unsealed';

/** An arbitrary constant: all instances must use the same number. */
const SEALER_LOCK = 4_010_2027;
/** Limits how long one transaction of the sealer holds the embedded database, which has a single connection. */
export const SEAL_BATCH = 200;

/** Whether all visible events are sealed, more are left than one batch takes, or another instance seals. */
export type Sealing = 'done' | 'more' | 'busy';

type UsedServices = Pick<Services, 'db' | 'keyring'>;

/**
 * Seals a batch of committed events: each gets the next place in the chain, in the order of ids. An event that commits
 * late gets a later place than its id. One instance seals at a time, and no append waits for it.
 * @throws the driver's error.
 */
export async function sealAudit({ db, keyring }: UsedServices): Promise<Sealing> {
  const committed = unsealedEvents().waiting();
  // An idle round costs this lookup and nothing else.
  const [waits] = await readUnsealed(db, 1);
  const sealing = waits ? await inTransaction(db, (tx) => sealBatch(tx, keyring)) : 'done';
  if (sealing === 'done') await findDeleted(db, committed);
  return sealing;
}

async function sealBatch(tx: Database, keyring: Keyring): Promise<Sealing> {
  if (!(await takeLock(tx))) return 'busy';
  // Read after the lock is taken: what the last sealer committed is visible.
  const rows = await readUnsealed(tx, SEAL_BATCH);
  if (rows.length === 0) return 'done';
  const { seals, head } = chain(keyring, (await auditHead({ db: tx })) ?? { seq: 0, hash: '' }, rows);
  await tx.execute(sql`
    update audit_events set seq = seal.seq, kid = seal.kid, hash = seal.hash
    from jsonb_to_recordset(${JSON.stringify(seals)}::jsonb) as seal (id bigint, seq bigint, kid text, hash text)
    where audit_events.id = seal.id`);
  // A forged event is sealed as it is, so that nothing waits behind it. `audit:verify` fails there.
  const forged = rows.filter((row) => faultOfMac(keyring, row)).length;
  afterCommit(tx, () => {
    unsealedEvents().forget(rows.map(({ id }) => id));
    anchors().sealed(head, rows);
    if (forged > 0) logTampering('audit_events', forged);
  });
  return rows.length < SEAL_BATCH ? 'done' : 'more';
}

/** Takes the lock until the end of the transaction, without waiting. */
async function takeLock(tx: Database): Promise<boolean> {
  const found = await tx.execute(sql`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as taken`);
  return (found as unknown as { rows: { taken: boolean }[] }).rows[0]?.taken === true;
}

function chain(keyring: Keyring, from: Anchor, rows: AuditRow[]) {
  let head = from;
  const seals = rows.map((row) => {
    const seq = head.seq + 1;
    const { kid, mac: hash } = keyring.sign(coveredByHash(head.hash, { ...row, seq }));
    head = { seq, hash };
    return { id: row.id, seq, kid, hash };
  });
  return { seals, head };
}

const CHECKED = 1000;

/** Raises an alarm for events that this process committed and that are gone. @param committed before the sealing. */
async function findDeleted(db: Database, committed: number[]): Promise<void> {
  const waiting = new Set(unsealedEvents().waiting());
  // Sealed by another instance, or gone.
  const others = committed.filter((id) => waiting.has(id)).slice(0, CHECKED);
  if (others.length === 0) return;
  const found = await db.select({ id: auditEvents.id }).from(auditEvents).where(inArray(auditEvents.id, others));
  unsealedEvents().forget(others);
  if (found.length < others.length) logTampering('audit_events', others.length - found.length);
}
