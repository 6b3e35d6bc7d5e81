/** Lines of one kind that are written in a window. The rest is counted. */
export const LINES = 600;
/** Of what anybody can cause by any request, without being counted anywhere. */
export const LINES_OF_REFUSALS = 10;
/** How long a window is. */
export const WINDOW_MS = 60_000;
/** Kinds that are told apart by their reason; names of events are few, and all in the code. */
const MOST_KINDS = 200;

/** What has a bound of its own already (lib/http/csp-reports.ts, lib/audit/anchors.ts), and alarms that nobody may drown. */
const UNBOUNDED = new Set(['csp_violation', 'audit_anchor', 'token_of_another_customer', 'lines_left_out']);
const REFUSALS = new Set(['request_refused']);

/**
 * Bounds the log: whatever customers and strangers do, it grows by so many lines a minute for each kind of event, and
 * says at the end of each minute how many were left out.
 */
export class LogBounds {
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly tell: (leftOut: { of: string; times: number }) => void) {}

  /** Counts a line. @returns whether it is to be written. */
  admits(fields: unknown): boolean {
    const { event, reason } = (fields ?? {}) as { event?: unknown; reason?: unknown };
    const name = typeof event === 'string' ? event : 'none';
    if (UNBOUNDED.has(name)) return true;
    const kind = this.kindOf(name, reason);
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    this.timer ??= setTimeout(() => this.flush(), WINDOW_MS).unref();
    return count <= linesOf(kind);
  }

  /** Closes the window: says what was left out, also before the process ends. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const closed = [...this.counts];
    this.counts.clear();
    for (const [of, count] of closed) if (count > linesOf(of)) this.tell({ of, times: count - linesOf(of) });
  }

  private kindOf(name: string, reason: unknown): string {
    const kind = typeof reason === 'string' ? `${name} ${reason.slice(0, 40)}` : name;
    return this.counts.has(kind) || this.counts.size < MOST_KINDS ? kind : name;
  }
}

function linesOf(kind: string): number {
  return REFUSALS.has(kind.split(' ')[0] ?? '') ? LINES_OF_REFUSALS : LINES;
}
