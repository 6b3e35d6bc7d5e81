import 'server-only';
import type { Keyring } from '@/lib/crypto/keyring';
import type { auditEvents } from '@/lib/db/schema';

export type AuditRow = typeof auditEvents.$inferSelect;
/** What an event says, as it is stored before it is sealed. */
export type AuditContents = Omit<AuditRow, 'seq' | 'mac' | 'kid' | 'hash'>;

/** Returns the MAC that an event is stored with. It covers the id: a copy under another id does not verify. */
export function macOf(keyring: Keyring, row: AuditContents): string {
  return keyring.tag(coveredByMac(row));
}

/** Returns what is wrong with the MAC of an event, or null. */
export function faultOfMac(keyring: Keyring, row: AuditContents & { mac: string | null }): string | null {
  const [kid = ''] = row.mac?.split('.') ?? [];
  if (kid && !keyring.kids.includes(kid)) return unknownKey(kid);
  const genuine = row.mac !== null && keyring.hasTag(coveredByMac(row), row.mac);
  return genuine ? null : 'stored without the portal, or changed before it was sealed';
}

/** Returns the text that an event's hash covers: the previous hash and all columns of the event. */
export function coveredByHash(before: string, row: AuditContents & Pick<AuditRow, 'seq' | 'mac'>): string {
  return JSON.stringify([before, row.seq, ...said(row), row.id, row.mac]);
}

/** Returns the text that the hash covers in events of older versions, which were sealed as they were stored. */
export function coveredByOlderHash(before: string, row: AuditContents & Pick<AuditRow, 'seq'>): string {
  return JSON.stringify([before, row.seq, ...said(row)]);
}

export function unknownKey(kid: string): string {
  return `signed with key "${kid}", which PII_KEYS does not hold`;
}

function coveredByMac(row: AuditContents): string {
  return JSON.stringify(['audit_events', row.id, ...said(row)]);
}

function said({ at, event, actor, subject, facts, requestId }: AuditContents): unknown[] {
  return [at.getTime(), event, actor, subject, sorted(facts), requestId];
}

/** Returns facts in one order, because `jsonb` does not keep it. Facts that are no object were written by others. */
function sorted(facts: unknown): unknown {
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) return { facts };
  return Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
}
