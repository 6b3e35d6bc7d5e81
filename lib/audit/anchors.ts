import 'server-only';
import { z } from 'zod';
import { singleton } from '@/lib/singleton';
import type { AuditRow } from './signatures';

/** The head of the audit log's hash chain. A copy outside the database reveals a log that was cut short. */
export interface Anchor {
  seq: number;
  hash: string;
}

/** Limits how many events this process seals before it logs an anchor. */
export const ANCHOR_EVENTS = 50;
/** Limits how long a sealed event waits for its anchor. */
export const ANCHOR_MS = 60_000;

/** Writes the head of the audit log where the owner of the database cannot change it. */
export class Anchoring {
  private head: Anchor | null = null;
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;

  private write: ((head: Anchor) => void) | null = null;

  /** Starts to write anchors. Commands that run beside the portal never call this. */
  begin(write: (head: Anchor) => void): void {
    this.write = write;
  }

  /** Takes the new head after each transaction that sealed. Anchors an operator's change at once. */
  sealed(head: Anchor, events: Pick<AuditRow, 'actor' | 'event'>[]): void {
    // Two transactions may report in a different order than they committed.
    if (!this.head || head.seq > this.head.seq) this.head = head;
    this.waiting += events.length;
    if (this.waiting >= ANCHOR_EVENTS || events.some(isOperatorsChange)) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), ANCHOR_MS).unref();
  }

  /** Writes a pending anchor. Synchronous, because it also runs while the process exits. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting > 0 && this.head) this.write?.(this.head);
    this.waiting = 0;
  }
}

/** Reports whether an operator changed something. Reads are not changes. */
function isOperatorsChange({ actor, event }: Pick<AuditRow, 'actor' | 'event'>): boolean {
  return actor.startsWith('operator:') && event !== 'sensitive_read';
}

/** Returns the anchors found in the lines of a portal's log. Ignores other lines. */
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

/** Returns the anchoring of this process, shared by all of Next's bundles. */
export function anchors(): Anchoring {
  return singleton('audit-anchors', () => ({ current: new Anchoring() })).current;
}
