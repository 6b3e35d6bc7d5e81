import 'server-only';
import type { Anchor } from './anchors';
import type { Unsealed, Verdict } from './verify';

/** Returns the lines that `npm run audit:verify` prints. @param anchors those that were checked. */
export function describeVerdict(verdict: Verdict, anchors: Anchor[]): string[] {
  if (!verdict.ok) {
    const event = 'seq' in verdict ? `event ${verdict.seq}` : `unsealed event, id ${verdict.id}`;
    return [`${event}: ${verdict.problem}`];
  }
  const { head, unsealed } = verdict;
  return [
    `ok: ${head.seq} sealed events, head ${head.seq}:${head.hash}`,
    describeUnsealed(unsealed),
    describeAnchors(anchors, head),
  ];
}

function describeUnsealed({ count, oldest }: Unsealed): string {
  if (!oldest) return 'no event waits to be sealed';
  return `not sealed yet: ${count} genuine events, the oldest of ${oldest.toISOString()}`;
}

function describeAnchors(anchors: Anchor[], head: Anchor): string {
  if (anchors.length === 0) return 'no anchor was given: a tail that was cut off would not be noticed';
  const last = Math.max(...anchors.map(({ seq }) => seq));
  const list = anchors.map(({ seq }) => seq).sort((a, b) => a - b);
  return `${list.length} anchors checked, at ${list.join(', ')}; ${head.seq - last} events came after the last`;
}
