// npm run audit:verify [-- --log portal.log … --anchor seq:hash …]: verifies the audit log's chain from its first
// event, then the events that are not sealed into it yet. Anchors are earlier heads, from `audit_anchor` lines of the log or typed. Events after the last anchor can be
// cut off unnoticed, so the output lists the anchors that were checked. The support console shows the last result.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Anchor, anchorsIn } from '../lib/audit/anchors';
import { describeVerdict } from '../lib/audit/report';
import { verifyAuditLog } from '../lib/audit/verify';
import { storeAuditCheck } from '../lib/integration/audit-check';
import { withPortalData } from './portal-data';

const { values } = parseArgs({
  options: {
    anchor: { type: 'string', multiple: true, default: [] },
    log: { type: 'string', multiple: true, default: [] },
  },
});

await withPortalData(async (services) => {
  const anchors = [
    ...values.anchor.map(toAnchor),
    ...values.log.flatMap((file) => anchorsIn(readFileSync(file, 'utf8'))),
  ];
  const verdict = await verifyAuditLog(services, anchors);
  await storeAuditCheck(services, verdict);
  for (const line of describeVerdict(verdict, anchors)) (verdict.ok ? console.log : console.error)(line);
  return verdict.ok;
});

function toAnchor(text: string): Anchor {
  const [, seq, hash = ''] = /^(\d+):([\w-]+)$/.exec(text) ?? [];
  if (!seq) throw new Error('--anchor must be seq:hash, as in an `audit_anchor` line of the log');
  return { seq: Number(seq), hash };
}
