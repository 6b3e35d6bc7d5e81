import 'server-only';
import { z } from 'zod';
import { singleton } from '@/lib/singleton';
import type { AuditEvent } from './events';

/** Where the chain stands. Kept outside the database, it shows a tail that is cut off. */
export interface Anchor {
  seq: number;
  hash: string;
}

/** So many events of this process are appended at most before the trail's head goes to the log … */
export const ANCHOR_EVENTS = 50;
/** … and so long after the first of them at the latest. */
export const ANCHOR_MS = 60_000;

/** Writes the head of the trail to a place that the database's owner cannot reach. */
export class Anchoring {
  private head: Anchor | null = null;
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;

  private write: ((head: Anchor) => void) | null = null;

  /** From here on heads are written. Commands beside the portal write none. */
  begin(write: (head: Anchor) => void): void {
    this.write = write;
  }

  /** Called with the new head after each transaction that appended. What an operator changed is anchored at once. */
  appended(head: Anchor, events: AuditEvent[]): void {
    // Two transactions may be told in another order than they were stored in.
    if (!this.head || head.seq > this.head.seq) this.head = head;
    this.waiting += events.length;
    if (this.waiting >= ANCHOR_EVENTS || events.some(isOperatorsChange)) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), ANCHOR_MS).unref();
  }

  /** Anchors what is not anchored yet: before the process ends. Synchronous, for there is no later then. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting > 0 && this.head) this.write?.(this.head);
    this.waiting = 0;
  }
}

/** Looking is no change: it is anchored with the rest. */
function isOperatorsChange({ actor, event }: AuditEvent): boolean {
  return actor.startsWith('operator:') && event !== 'sensitive_read';
}

/** The anchors among the lines of a portal's log; other lines are left out. */
export function anchorsIn(lines: string): Anchor[] {
  const found = [...lines.matchAll(/^.*"event":"audit_anchor".*$/gm)].map(([line]) =>
    anchorLine.safeParse(toJson(line)),
  );
  return found.flatMap(({ data }) => (data ? [data] : []));
}

const anchorLine = z.object({ event: z.literal('audit_anchor'), seq: z.number(), hash: z.string() });

function toJson(line: string): unknown {
  try {
    return JSON.parse(line.slice(line.indexOf('{')));
  } catch {
    return null; // cut off, or not a line of the log
  }
}

/** This process's anchors: lines of its log. */
export function anchors(): Anchoring {
  return singleton('audit-anchors', () => ({ current: new Anchoring() })).current;
}
