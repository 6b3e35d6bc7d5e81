/** Limits the lines of one kind in a window. The rest is counted. */
export const LINES = 600;
/** Limits the lines of rejected requests, which any client can cause. */
export const LINES_OF_REFUSALS = 10;
/** Limits the lines of finished requests (LOG_ACCESS=on), far above what one instance serves. */
export const LINES_OF_ACCESS = 60_000;
/** The length of a window. */
export const WINDOW_MS = 60_000;
/** Limits the kinds distinguished by reason. Event names are few and come from the code. */
const MOST_KINDS = 200;

/** Events with their own bound (lib/http/csp-reports.ts, lib/audit/anchors.ts), and alarms that must never be dropped. */
const UNBOUNDED = new Set(['csp_violation', 'audit_anchor', 'token_of_another_customer', 'lines_left_out']);
const REFUSALS = new Set(['request_refused']);

/**
 * Limits the lines a minute for each kind of event, so that customers and strangers cannot flood the log. Reports the
 * number of dropped lines at the end of each minute.
 */
export class LogBounds {
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly report: (leftOut: { of: string; times: number }) => void) {}

  /** Counts a line. @returns whether to write it. */
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

  /** Closes the window and reports dropped lines. Also called before the process ends. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const closed = [...this.counts];
    this.counts.clear();
    for (const [of, count] of closed) if (count > linesOf(of)) this.report({ of, times: count - linesOf(of) });
  }

  private kindOf(name: string, reason: unknown): string {
    const kind = typeof reason === 'string' ? `${name} ${reason.slice(0, 40)}` : name;
    return this.counts.has(kind) || this.counts.size < MOST_KINDS ? kind : name;
  }
}

function linesOf(kind: string): number {
  const name = kind.split(' ')[0] ?? '';
  if (name === 'request') return LINES_OF_ACCESS;
  return REFUSALS.has(name) ? LINES_OF_REFUSALS : LINES;
}
