import 'server-only';
import { asc, gt, isNotNull } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import { auditEvents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Anchor } from './anchors';
import { readUnsealed } from './read';
import { type AuditRow, coveredByHash, coveredByOlderHash, faultOfMac, unknownKey } from './signatures';

/** The committed events that are not part of the chain yet. */
export interface Unsealed {
  count: number;
  oldest: Date | null;
}

/**
 * The result of a verification: the head of an unbroken chain with the genuine events that wait to be sealed, or the
 * first bad row, by its place in the chain or, without one, by its id.
 */
export type Verdict =
  | { ok: true; head: Anchor; unsealed: Unsealed }
  | { ok: false; seq: number; problem: string }
  | { ok: false; id: number; problem: string };

const PAGE = 1000;
type UsedServices = Pick<Services, 'db' | 'keyring'>;

/**
 * Verifies the chain from its first row, then the events that wait to be sealed.
 * @param anchors earlier heads, which must still be in the chain.
 * @throws the driver's error.
 */
export async function verifyAuditLog(services: UsedServices, anchors: Anchor[] = []): Promise<Verdict> {
  let head: Anchor = { seq: 0, hash: '' };
  for await (const row of sealedRows(services)) {
    const problem = faultOf(services.keyring, row, head) ?? misses(anchors, row);
    if (problem) return { ok: false, seq: head.seq + 1, problem };
    head = { seq: row.seq, hash: row.hash ?? '' };
  }
  if (anchors.some(({ seq }) => seq > head.seq))
    return { ok: false, seq: head.seq + 1, problem: 'missing: an anchor says that there was more' };
  return verifyUnsealed(services, head);
}

async function verifyUnsealed(services: UsedServices, head: Anchor): Promise<Verdict> {
  const unsealed: Unsealed = { count: 0, oldest: null };
  for await (const row of unsealedRows(services)) {
    const problem = faultOfMac(services.keyring, row);
    if (problem) return { ok: false, id: row.id, problem };
    unsealed.count += 1;
    unsealed.oldest ??= row.at;
  }
  return { ok: true, head, unsealed };
}

async function* sealedRows({ db }: UsedServices): AsyncGenerator<AuditRow & { seq: number }> {
  // The first page has no lower limit: a row below the first place was not written by the portal.
  for (let after: number | null = null; ; ) {
    const rows = await db
      .select()
      .from(auditEvents)
      .where(after === null ? isNotNull(auditEvents.seq) : gt(auditEvents.seq, after))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE);
    for (const row of rows) {
      after = row.seq ?? 0;
      yield { ...row, seq: after };
    }
    if (rows.length < PAGE) return;
  }
}

async function* unsealedRows({ db }: UsedServices): AsyncGenerator<AuditRow> {
  for (let after: number | null = null; ; ) {
    const rows: AuditRow[] = await readUnsealed(db, PAGE, after);
    yield* rows;
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return;
  }
}

function faultOf(keyring: Keyring, row: AuditRow & { seq: number }, before: Anchor): string | null {
  if (row.seq !== before.seq + 1) return row.seq <= before.seq ? 'inserted without the portal' : 'missing';
  const older = row.mac === null;
  const covered = older ? coveredByOlderHash(before.hash, row) : coveredByHash(before.hash, row);
  const genuine = keyring.verify(covered, row.kid ?? '', row.hash ?? '');
  if (genuine === null) return unknownKey(row.kid ?? '');
  if (!genuine || (older && row.id !== row.seq)) return 'changed, moved or signed with another key';
  return older ? null : faultOfMac(keyring, row);
}

function misses(anchors: Anchor[], row: AuditRow): string | null {
  return anchors.some(({ seq, hash }) => seq === row.seq && hash !== row.hash) ? 'not what the anchor says' : null;
}
