import { z } from 'zod';
import { singleton } from '@/lib/singleton';

/** The logged part of a report. Leaves out queries, which may hold personal data. */
export interface Violation {
  directive: string;
  blocked: string;
  page: string;
}

const LONGEST_REPORT = 16 * 1024;
const WINDOW_MS = 60 * 60_000;
/** Limits the origins named for one directive in a window. All others count as "another". */
const MOST_ORIGINS = 20;

/** The directives that a browser can report (CSP Level 3, 6). */
const DIRECTIVES = new Set(
  `base-uri child-src connect-src default-src font-src form-action frame-ancestors frame-src img-src manifest-src
  media-src object-src script-src script-src-attr script-src-elem style-src style-src-attr style-src-elem worker-src
  require-trusted-types-for trusted-types`.split(/\s+/),
);

/** Values that browsers report instead of an address (CSP Level 3, 5.2). */
const KEYWORDS = new Set(['inline', 'eval', 'wasm-eval', 'self', 'data', 'blob', 'filesystem', 'trusted-types-sink']);

/** First path segments of the portal. */
const AREAS = new Set(['', 'widget', 'sign-in', 'account', 'operator']);

const old = z.object({
  'csp-report': z.object({
    'effective-directive': z.string().optional(),
    'violated-directive': z.string().optional(),
    'blocked-uri': z.string().optional(),
    'document-uri': z.string().optional(),
  }),
});
const current = z.array(
  z.object({
    type: z.string(),
    body: z.object({
      effectiveDirective: z.string().optional(),
      blockedURL: z.string().optional(),
      documentURL: z.string().optional(),
    }),
  }),
);

/** The violations logged in the current window. Its size is bounded. */
export interface SeenViolations {
  kinds: Set<string>;
  /** The named origins of each directive. */
  origins: Map<string, Set<string>>;
  until: number;
}

const seen = singleton('csp-reports', (): SeenViolations => ({ kinds: new Set(), origins: new Map(), until: 0 }));

/**
 * Reads one report body and records its violations. Returns each kind (directive, part of the portal, source) once an
 * hour. Anyone can post reports, so a flood must neither fill the log nor hide a real violation.
 * @param now milliseconds of any clock. @returns the violations to log.
 */
export function recordViolations(
  text: string,
  portalOrigin: string,
  state: SeenViolations = seen,
  now: number = performance.now(),
): Violation[] {
  if (now >= state.until) {
    state.kinds.clear();
    state.origins.clear();
    state.until = now + WINDOW_MS;
  }
  return parse(text, portalOrigin)
    .map((violation) => ({ ...violation, blocked: nameOf(violation, state.origins) }))
    .filter(({ directive, blocked, page }) => {
      const area = page.split('/')[1] ?? '';
      const kind = [directive, blocked, AREAS.has(area) ? area : 'elsewhere'].join(' ');
      if (state.kinds.has(kind)) return false;
      state.kinds.add(kind);
      return true;
    });
}

function nameOf({ directive, blocked }: Violation, named: SeenViolations['origins']): string {
  if (KEYWORDS.has(blocked)) return blocked;
  const origins = named.get(directive) ?? new Set();
  named.set(directive, origins);
  if (!origins.has(blocked) && origins.size >= MOST_ORIGINS) return 'another';
  origins.add(blocked);
  return blocked;
}

function parse(text: string, portalOrigin: string): Violation[] {
  if (text.length > LONGEST_REPORT) return [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const single = old.safeParse(json).data?.['csp-report'];
  const found = single
    ? [[single['effective-directive'] ?? single['violated-directive'], single['blocked-uri'], single['document-uri']]]
    : (current.safeParse(json).data ?? [])
        .filter(({ type }) => type === 'csp-violation')
        .map(({ body }) => [body.effectiveDirective, body.blockedURL, body.documentURL]);
  return found.flatMap((report) => toViolation(report, portalOrigin));
}

/** Accepts pages of the portal and existing directives only. Older browsers append the directive's value to its name. */
function toViolation([named = '', blocked = '', document = '']: (string | undefined)[], origin: string): Violation[] {
  const [directive = ''] = named.trim().split(/\s/);
  const page = URL.canParse(document) ? new URL(document) : null;
  if (!DIRECTIVES.has(directive) || page?.origin !== origin) return [];
  return [{ directive, blocked: sourceOf(blocked), page: page.pathname.slice(0, 80) }];
}

function sourceOf(blocked: string): string {
  if (KEYWORDS.has(blocked)) return blocked;
  const origin = URL.canParse(blocked) ? new URL(blocked) : null;
  // `data:` and similar addresses have no origin: their scheme names them.
  if (origin?.origin === 'null')
    return KEYWORDS.has(origin.protocol.slice(0, -1)) ? origin.protocol.slice(0, -1) : 'another';
  return origin ? origin.origin.slice(0, 100) : 'another';
}
