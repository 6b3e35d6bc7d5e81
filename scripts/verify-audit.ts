// npm run audit:verify
import { readFileSync } from 'node:fs';
import { type Anchor, anchorsIn } from '../lib/audit/anchors';
import { describeVerdict } from '../lib/audit/report';
import { verifyAuditLog } from '../lib/audit/verify';
import { storeAuditCheck } from '../lib/integration/audit-check';
import { readCommandLine, refuseCall } from './command-line.mjs';
import { withPortalData } from './portal-data';

const USAGE = `Verifies the audit log's chain from its first event, then the events that are not sealed into it yet. Events after
the last anchor can be cut off unnoticed, so the output lists the anchors that were checked. The support console shows
the last result.

npm run audit:verify [-- options]
  --log <file>         take the anchors, earlier heads of the chain, from the audit_anchor lines of a log; repeatable
  --anchor <seq:hash>  an anchor; repeatable`;

const { values } = readCommandLine(USAGE, {
  options: {
    anchor: { type: 'string', multiple: true, default: [] },
    log: { type: 'string', multiple: true, default: [] },
  },
});

const typed = values.anchor.map(toAnchor);
await withPortalData(async (services) => {
  const anchors = [...typed, ...values.log.flatMap((file) => anchorsIn(readFileSync(file, 'utf8')))];
  const verdict = await verifyAuditLog(services, anchors);
  await storeAuditCheck(services, verdict);
  for (const line of describeVerdict(verdict, anchors)) (verdict.ok ? console.log : console.error)(line);
  return verdict.ok;
});

function toAnchor(text: string): Anchor {
  const [, seq, hash = ''] = /^(\d+):([\w-]+)$/.exec(text) ?? [];
  if (!seq) refuseCall('--anchor must be seq:hash, as in an audit_anchor line of the log', USAGE);
  return { seq: Number(seq), hash };
}
