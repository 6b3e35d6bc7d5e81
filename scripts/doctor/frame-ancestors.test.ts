import { expect, test } from 'vitest';
import { forbidsFraming } from './frame-ancestors';

const WIDGET = new URL('https://widget.kuna.example/');

/** Returns what forbids a frame of the widget in the portal. */
function judge(headers: Record<string, string>, portal = 'https://portal.bank.example'): string | null {
  return forbidsFraming(new Headers(headers), WIDGET, new URL(portal));
}
const csp = (policy: string, portal?: string) => judge({ 'content-security-policy': policy }, portal) === null;

test.each([
  ['*', 'https://portal.bank.example'],
  ['https:', 'https://portal.bank.example'],
  ['http:', 'https://portal.bank.example'],
  ['https://portal.bank.example', 'https://portal.bank.example'],
  ['HTTPS://PORTAL.bank.example', 'https://portal.bank.example'],
  ['portal.bank.example', 'https://portal.bank.example'],
  ['http://portal.bank.example', 'https://portal.bank.example'],
  ['https://*.bank.example', 'https://portal.bank.example'],
  ['*.bank.example', 'https://a.portal.bank.example'],
  ['https://portal.bank.example:443', 'https://portal.bank.example'],
  ['http://portal.bank.example:80', 'https://portal.bank.example'],
  ['https://portal.bank.example:*', 'https://portal.bank.example:8443'],
  ['https://portal.bank.example/account/', 'https://portal.bank.example'],
  ["'self' https://other.example https://portal.bank.example", 'https://portal.bank.example'],
  ["'self'", 'https://widget.kuna.example'],
])('frame-ancestors %s allows %s', (sources, portal) => {
  expect(csp(`default-src 'none'; frame-ancestors ${sources}`, portal)).toBe(true);
});

test.each([
  ['', 'https://portal.bank.example'],
  ["'none'", 'https://portal.bank.example'],
  ["'self'", 'https://portal.bank.example'],
  ['https://*.bank.example', 'https://bank.example'],
  ['https://bank.example', 'https://portal.bank.example'],
  ['https://portal.bank.example', 'http://portal.bank.example'],
  ['portal.bank.example', 'http://portal.bank.example'],
  ['https://portal.bank.example', 'https://portal.bank.example:8443'],
  ['https://portal.bank.example:8443', 'https://portal.bank.example'],
  ['https://portal.bank.example.evil.example', 'https://portal.bank.example'],
  ['https:', 'http://localhost:3000'],
])('frame-ancestors %s forbids %s', (sources, portal) => {
  expect(csp(`frame-ancestors ${sources}`, portal)).toBe(false);
});

test('every policy must allow the frame, and the first directive of each counts', () => {
  const portal = 'https://portal.bank.example';
  expect(csp(`frame-ancestors *, frame-ancestors ${portal}`)).toBe(true);
  expect(csp("frame-ancestors *, frame-ancestors 'none'")).toBe(false);
  expect(csp("frame-ancestors *; frame-ancestors 'none'")).toBe(true);
});

test('X-Frame-Options counts where no policy names ancestors', () => {
  expect(judge({ 'x-frame-options': 'DENY' })).toBe('X-Frame-Options');
  expect(judge({ 'x-frame-options': 'SAMEORIGIN' })).toBe('X-Frame-Options');
  expect(judge({ 'x-frame-options': 'SAMEORIGIN' }, WIDGET.origin)).toBeNull();
  expect(judge({ 'x-frame-options': 'ALLOW-FROM https://other.example' })).toBeNull();
  expect(judge({ 'x-frame-options': 'DENY', 'content-security-policy': "default-src 'none'" })).toBe('X-Frame-Options');
  expect(judge({ 'x-frame-options': 'DENY', 'content-security-policy': 'frame-ancestors *' })).toBeNull();
  expect(judge({})).toBeNull();
});
