import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { parseConfig } from '@/lib/config/config';
import { documentHeaders, frameAllow } from './security-headers';

const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
const BANK = 'http://127.0.0.1:4015';
const plain = parseConfig(sample);
const withBank = parseConfig({
  ...sample,
  KUNACORE_WIDGET_FRAME_ORIGINS: BANK,
  KUNACORE_WIDGET_FEATURES: 'gyroscope,publickey-credentials-get',
});
const policiesOf = (config: typeof plain, path = '/account') => {
  const headers = documentHeaders(config, path, 'n');
  return `${headers['content-security-policy']}\n${headers['permissions-policy']}`;
};

test('without settings, only the widget is framed, and only with the features of payments and identity checks [T7]', () => {
  expect(policiesOf(plain)).toContain("frame-src 'self' http://127.0.0.1:4011;");
  expect(policiesOf(plain)).toContain('camera=(self "http://127.0.0.1:4011"), ');
  for (const denied of ['gyroscope', 'publickey-credentials-get', 'geolocation', 'usb'])
    expect(policiesOf(plain)).toContain(`${denied}=()`);
  expect(frameAllow(plain.widget)).toBe(
    ['payment', 'camera', 'microphone', 'clipboard-write', 'fullscreen']
      .map((feature) => `${feature} http://127.0.0.1:4011`)
      .join('; '),
  );
});

test('a payment page may take the widget’s place, with the widget’s features, on every document [T7]', () => {
  for (const path of ['/', '/account', '/account/buy', '/account/buy/frame', '/account/buy/tab']) {
    expect(policiesOf(withBank, path)).toContain(`frame-src 'self' http://127.0.0.1:4011 ${BANK};`);
    expect(policiesOf(withBank, path)).toContain(`payment=(self "http://127.0.0.1:4011" "${BANK}")`);
  }
  expect(frameAllow(withBank.widget)).toContain(`gyroscope http://127.0.0.1:4011 ${BANK}`);
});

test('a granted feature is granted and not denied, the others stay denied', () => {
  const header = documentHeaders(withBank, '/', 'n')['permissions-policy'] ?? '';
  expect(header.match(/gyroscope=/g)).toHaveLength(1);
  expect(header).toContain('gyroscope=(self "http://127.0.0.1:4011"');
  expect(header).toContain('accelerometer=()');
});

test('payment pages are framed, but neither asked by scripts nor the target of forms', () => {
  const directive = (name: string) => policiesOf(withBank).match(new RegExp(`(?:^|; )${name} ([^;]+)`))?.[1];
  expect(directive('connect-src')).toBe("'self' http://127.0.0.1:4011");
  expect(directive('form-action')).toBe("'self'");
});

test('only the frame’s address may be framed, by the portal itself; the tab’s may not [T6]', () => {
  expect(documentHeaders(plain, '/account/buy/frame', 'n')['x-frame-options']).toBe('SAMEORIGIN');
  expect(documentHeaders(plain, '/account/buy/tab', 'n')['x-frame-options']).toBe('DENY');
});
