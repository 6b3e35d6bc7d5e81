// Steps and drawings of telemetry.spec.ts.
import { Browser, detailsWith, isSignedOut } from './http-browser';
import type { ReceivedSpan } from './otlp-receiver/protobuf';

/** A trace that a stranger asks for. */
export const FOREIGN_TRACE = '0af7651916cd43dd8448eb211c80319c';

/** Signs in, saves details, opens the widget and signs out, without a browser. @returns what must never be exported. */
export async function goToWidget(origin: string, sub: string): Promise<string[]> {
  const browser = new Browser(origin);
  const signedIn = await browser.signIn(sub);
  if (signedIn.status !== 200) throw new Error(`signing in: ${signedIn.status}`);
  const saved = await browser.submit('/account/details', 'name="firstName"', detailsWith('1 Telemetry St, Kyiv'));
  if (saved.status >= 400) throw new Error(`saving details: ${saved.status}`);
  const page = await browser.request('/account/buy?utm_source=campaign-of-a-stranger', {
    headers: {
      ...{ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' },
      traceparent: `00-${FOREIGN_TRACE}-b7ad6b7169203331-01`,
    },
  });
  const frame = await browser.frame();
  const target = new URL(frame.location ?? 'http://no-widget');
  if (page.status !== 200 || frame.status !== 303) throw new Error(`the widget: ${page.status} ${frame.status}`);
  const cookies = browser.cookie.split('; ').map((cookie) => cookie.split('=')[1] ?? '');
  if (!isSignedOut(await browser.post('/sign-out', {}))) throw new Error('signing out');
  return [...target.searchParams.values(), ...cookies.filter((value) => value.length > 20)];
}

/** Returns the spans of the trace in which the widget's token was issued. */
export function traceOfWidget(spans: ReceivedSpan[]): ReceivedSpan[] {
  const issued = spans.find(({ name }) => name === 'kuna_portal.issue_token');
  return spans.filter(({ traceId }) => traceId === issued?.traceId).sort((a, b) => a.startMs - b.startMs);
}

/** Draws a trace as a tree, with the duration of each span. */
export function draw(trace: ReceivedSpan[], parent = '', indent = ''): string[] {
  const ids = new Set(trace.map(({ spanId }) => spanId));
  const children = trace.filter(({ parentId }) => (parent ? parentId === parent : !ids.has(parentId)));
  return children.flatMap((span) => {
    const duration = `${Math.max(1, Math.round(span.endMs - span.startMs))} ms`;
    return [
      `${`${indent}${span.name}`.padEnd(64)} ${duration.padStart(7)}`,
      ...draw(trace, span.spanId, `${indent}  `),
    ];
  });
}

/** Returns what is the same for every purchase: the spans of the portal and of KunaCore, without durations. */
export function outline(drawn: string): string[] {
  const lines = drawn.split('\n').map((line) => line.replace(/ +\d+ ms$/, '').trim());
  return [...new Set(lines.filter((line) => /^(kuna_portal\.|(GET|POST) \/)/.test(line)))].sort();
}
