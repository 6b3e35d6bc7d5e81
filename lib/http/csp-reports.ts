import { z } from 'zod';
import { processWide } from '../process-wide';

/** What is kept of a report: which rule stopped what from where. No query: it may hold anything. */
export interface Violation {
  directive: string;
  blocked: string;
  page: string;
}

const LONGEST_REPORT = 16 * 1024;
/** A flood of invented kinds must fill neither the log nor the memory. */
const MOST_KINDS = 100;

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

const seen = processWide('csp-reports', () => ({ kinds: new Set<string>() }));

/** Reads one report body. @returns the violations of a kind that this process has not seen yet. */
export function noteViolations(text: string, kinds = seen.kinds): Violation[] {
  return parse(text).filter((violation) => {
    const kind = Object.values(violation).join(' ');
    if (kinds.has(kind) || kinds.size >= MOST_KINDS) return false;
    kinds.add(kind);
    return true;
  });
}

function parse(text: string): Violation[] {
  if (text.length > LONGEST_REPORT) return [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const single = old.safeParse(json).data?.['csp-report'];
  if (single) {
    const directive = single['effective-directive'] ?? single['violated-directive'];
    return [toViolation(directive, single['blocked-uri'], single['document-uri'])];
  }
  const several = current.safeParse(json).data ?? [];
  return several
    .filter(({ type }) => type === 'csp-violation')
    .map(({ body }) => toViolation(body.effectiveDirective, body.blockedURL, body.documentURL));
}

function toViolation(directive = '', blocked = '', page = ''): Violation {
  return {
    directive: directive.replace(/[^a-z-]/g, '').slice(0, 40),
    blocked: URL.canParse(blocked) ? new URL(blocked).origin : blocked.replace(/[^a-z-]/g, '').slice(0, 40),
    page: URL.canParse(page) ? new URL(page).pathname.slice(0, 80) : '',
  };
}
