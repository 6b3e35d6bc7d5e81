// npm run audit:verify [-- --log portal.log … --anchor seq:hash …]: verifies the audit log's chain from its first
// event. Anchors are earlier heads, from `audit_anchor` lines of the log or typed. Events after the last anchor can be
// cut off unnoticed, so the output lists the anchors that were checked.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Anchor, anchorsIn } from '../lib/audit/anchors';
import { verifyAuditLog } from '../lib/audit/verify';
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
  if (verdict.ok) {
    console.log(`ok: ${verdict.head.seq} events, head ${verdict.head.seq}:${verdict.head.hash}`);
    console.log(checked(anchors, verdict.head));
  } else console.error(`event ${verdict.seq}: ${verdict.problem}`);
  return verdict.ok;
});

function checked(anchors: Anchor[], head: Anchor): string {
  if (anchors.length === 0) return 'no anchor was given: a tail that was cut off would not be noticed';
  const last = Math.max(...anchors.map(({ seq }) => seq));
  const list = anchors.map(({ seq }) => seq).sort((a, b) => a - b);
  return `${list.length} anchors checked, at ${list.join(', ')}; ${head.seq - last} events came after the last`;
}

function toAnchor(text: string): Anchor {
  const [, seq, hash = ''] = /^(\d+):([\w-]+)$/.exec(text) ?? [];
  if (!seq) throw new Error('--anchor must be seq:hash, as in an `audit_anchor` line of the log');
  return { seq: Number(seq), hash };
}
