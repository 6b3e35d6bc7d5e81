import { type AuditContents, coveredByHash, macOf } from '../lib/audit/signatures';
import type { Keyring } from '../lib/crypto/keyring';
import type { SeededEvent } from './seed-rows';

/** Where the audit log ends: the last number of an event, and the head of the chain. */
export interface AuditEnd {
  id: number;
  seq: number;
  hash: string;
}

/** Returns the rows of events behind this end of the audit log, as the portal stores and seals them. Moves the end. */
export function auditRows(keyring: Keyring, end: AuditEnd, events: SeededEvent[]) {
  return events.map(({ event, actor, subject, at, facts }) => {
    const contents: AuditContents = {
      id: end.id + 1,
      at,
      event,
      actor,
      subject,
      facts: { ...facts },
      requestId: null,
    };
    const row = { ...contents, mac: macOf(keyring, contents) };
    const seq = end.seq + 1;
    const { kid, mac: hash } = keyring.sign(coveredByHash(end.hash, { ...row, seq }));
    Object.assign(end, { id: row.id, seq, hash });
    return { ...row, seq, kid, hash };
  });
}
