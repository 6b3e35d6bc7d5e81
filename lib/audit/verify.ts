import 'server-only';
import { asc, desc, gt } from 'drizzle-orm';
import type { Keyring } from '@/lib/crypto/keyring';
import { auditEvents } from '@/lib/db/schema';
import type { Services } from '@/lib/services';
import type { Anchor } from './anchors';
import { covered } from './append';

type Row = typeof auditEvents.$inferSelect;

/** The result of a verification: the head of an unbroken chain, or the first bad row. */
export type Verdict = { ok: true; head: Anchor } | { ok: false; seq: number; problem: string };

const PAGE = 1000;

/**
 * Verifies the chain from its first row. @param anchors earlier heads, which must still be in the chain.
 * @throws the driver's error.
 */
export async function verifyAuditLog(
  { db, keyring }: Pick<Services, 'db' | 'keyring'>,
  anchors: Anchor[] = [],
): Promise<Verdict> {
  let head: Anchor = { seq: 0, hash: '' };
  for (;;) {
    const rows = await db
      .select()
      .from(auditEvents)
      .where(gt(auditEvents.seq, head.seq))
      .orderBy(asc(auditEvents.seq))
      .limit(PAGE);
    for (const row of rows) {
      const problem = faultOf(keyring, row, head) ?? misses(anchors, row);
      if (problem) return { ok: false, seq: head.seq + 1, problem };
      head = { seq: row.seq, hash: row.hash };
    }
    if (rows.length < PAGE) break;
  }
  const cut = anchors.some(({ seq }) => seq > head.seq);
  return cut
    ? { ok: false, seq: head.seq + 1, problem: 'missing: an anchor says that there was more' }
    : { ok: true, head };
}

function faultOf(keyring: Keyring, row: Row, before: Anchor): string | null {
  if (row.seq !== before.seq + 1) return 'missing';
  const genuine = keyring.verify(covered(before.hash, row), row.kid, row.hash);
  if (genuine === null) return `signed with key "${row.kid}", which PII_KEYS does not hold`;
  return genuine ? null : 'changed, moved or signed with another key';
}

function misses(anchors: Anchor[], row: Row): string | null {
  return anchors.some(({ seq, hash }) => seq === row.seq && hash !== row.hash) ? 'not what the anchor says' : null;
}

/** Returns the head of the chain, or null while the log is empty. */
export async function auditHead({ db }: Pick<Services, 'db'>): Promise<Anchor | null> {
  const [last] = await db.select().from(auditEvents).orderBy(desc(auditEvents.seq)).limit(1);
  return last ? { seq: last.seq, hash: last.hash } : null;
}
