import { expect, test } from 'vitest';
import { filesBelow } from '@/tests/sources';
import { routeTemplate } from './route-template';

const FILE = /\/(page\.tsx|route\.ts)$/;
const ROUTES = filesBelow('app')
  .filter((file) => FILE.test(file))
  .map((file) => file.replace(/^app/, '').replace(FILE, '') || '/');

test('knows the template of every route of app', () => {
  expect(ROUTES.length).toBeGreaterThan(40);
  for (const route of ROUTES) {
    const path = route.replace('[...nextauth]', 'callback/oidc').replaceAll(/\[\w+\]/g, '0b6f');
    expect(routeTemplate(path), path).toBe(route);
  }
});

test('has no template for any other address', () => {
  for (const path of ['/wp-login.php', '/account/', '/operator/customers/a/b/c', '/brand/a/b', '', '//'])
    expect(routeTemplate(path)).toBeUndefined();
});
