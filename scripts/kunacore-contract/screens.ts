/** What a browser, or a plain request, shows of the widget. It lives in memory only: a page names its customer. */
export interface Screen {
  /** The status of the document; null when there was none. */
  status: number | null;
  headers: Record<string, string>;
  /** Lines of text, controls and requests, without numbers, ids and names that differ each time. */
  features: Set<string>;
}

/** Opens the widget with these parameters, as a browser of this user agent. */
export type Open = (parameters: { institutionId: string; refreshToken?: string }, userAgent: string) => Promise<Screen>;

/** The widget and how to open it. */
export interface Widget {
  open: Open;
  institutionId: string;
}

/** The user agent of this check. It looks like a browser's, because a widget may look closer. */
export const AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

/** Two screens that are more alike than this show the same. */
const ALIKE = 0.9;
/** The least difference by which a screen must be nearer to one example than to the other. */
const MARGIN = 0.1;

/** What a screen is compared with: how the widget looks with a good token, and with one that cannot be good. */
export interface Examples {
  accepted: Screen;
  refused: Screen[];
}

/** Returns how alike two screens are, from 0 to 1: the features that both have, of all (Jaccard). */
export function likeness(one: Screen, other: Screen): number {
  const [first, second] = [featuresOf(one), featuresOf(other)];
  const common = [...first].filter((feature) => second.has(feature)).length;
  const all = new Set([...first, ...second]).size;
  return all === 0 ? 1 : common / all;
}

/** Returns whether the examples differ enough to tell anything from them. */
export function canTell({ accepted, refused }: Examples): boolean {
  return refused.every((screen) => likeness(accepted, screen) < ALIKE);
}

/**
 * Judges whether the widget accepted a token. Kuna documents no sign of it, so the screen is compared with the examples.
 * @returns null when the examples, or the screen's likeness to them, do not differ enough.
 */
export function isAccepted(screen: Screen, examples: Examples): { accepted: boolean | null; evidence: string } {
  const good = likeness(screen, examples.accepted);
  const bad = Math.max(...examples.refused.map((refused) => likeness(screen, refused)));
  const evidence = `${percent(good)} like a fresh token's page, ${percent(bad)} like an invented token's`;
  if (!canTell(examples)) return { accepted: null, evidence: 'a fresh and an invented token show the same page' };
  return { accepted: Math.abs(good - bad) < MARGIN ? null : good > bad, evidence };
}

/** Returns the features of a page: `text` with a line for each element, its controls, and the requests it made. */
export function toFeatures(parts: { text: string; controls: string[]; requests: string[] }): Set<string> {
  const lines = parts.text.split('\n').map((line) => `text ${withoutValues(line)}`);
  const controls = parts.controls.map((control) => `control ${withoutValues(control)}`);
  const requests = parts.requests.map((request) => `request ${withoutValues(request)}`);
  return new Set([...lines, ...controls, ...requests].filter((feature) => /\s\S/.test(feature)));
}

/** The status is a feature like any other: a widget may answer 200 to everything. */
function featuresOf({ status, features }: Screen): Set<string> {
  return new Set([...features, `status ${status}`]);
}

/** Replaces what differs each time: numbers, hexadecimal ids, JWTs. */
function withoutValues(text: string): string {
  return text
    .replace(/[\w-]{16,}(\.[\w-]+)*/g, '#')
    .replace(/\d+([.,:]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
