// npm run audit:verify [-- --anchor seq:hash …]: follows the audit trail's chain from its first event. Anchors are
// earlier heads, from the log's `audit_anchor` lines; without one, a tail that was cut off cannot be noticed.
import { parseArgs } from 'node:util';
import { type Anchor, verifyTrail } from '../lib/audit/trail';
import { withPortalData } from './portal-data';

const { values } = parseArgs({ options: { anchor: { type: 'string', multiple: true, default: [] } } });

await withPortalData(async (parts) => {
  const verdict = await verifyTrail(parts, values.anchor.map(toAnchor));
  if (verdict.ok) console.log(`ok: ${verdict.head.seq} events, head ${verdict.head.seq}:${verdict.head.hash}`);
  else console.error(`event ${verdict.seq}: ${verdict.problem}`);
  return verdict.ok;
});

function toAnchor(text: string): Anchor {
  const [, seq, hash = ''] = /^(\d+):([\w-]+)$/.exec(text) ?? [];
  if (!seq) throw new Error('--anchor must be seq:hash, as in an `audit_anchor` line of the log');
  return { seq: Number(seq), hash };
}
