// npm run --prefix verification layouts -- standalone|nginx|haproxy|caddy [Playwright's arguments]
// Runs the end-to-end tests against a layout of deploy/, in the same shape as its containers.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { newImage } from './images';
import type { ProxyName } from './portals';

/** Specs that start portals of their own, open raw connections, measure, or compare pictures. The layout changes nothing there. */
const ELSEWHERE =
  /^(brand|budgets|connections|development|form-fuzz|fuzz|looks-.*|reference-kunacore|request-guard|review|session-end|start-.*|visual-.*|.*\.postgres)$/;

/** Strips headers on the way, which nothing between browser and proxy can do over TLS. */
const NOT_OVER_TLS = 'a browser behind a proxy that strips';

const [layout = '', ...chosen] = process.argv.slice(2);
const isAlone = layout === 'standalone';
if (!isAlone && !['nginx', 'haproxy', 'caddy'].includes(layout)) {
  console.error('name a layout: standalone, nginx, haproxy or caddy');
  process.exit(1);
}

process.env.TEST_LAYOUT = isAlone ? 'http' : 'https';
const { startAlone, startDatabase, startInstance, startProxy, startSandbox } = await import('./portals');

const image = newImage();
const { direct, pooled } = await startDatabase();
await startSandbox();
if (isAlone) await startAlone(image, direct);
else {
  await startInstance(0, image, pooled);
  await startInstance(1, image, pooled);
  await startProxy(layout as ProxyName);
}
const specs = readdirSync('e2e')
  .filter((name) => name.endsWith('.spec.ts') && !ELSEWHERE.test(name.slice(0, -'.spec.ts'.length)))
  .map((name) => `e2e/${name}`);
const scope = isAlone ? [] : ['--grep-invert', NOT_OVER_TLS];
const args = ['playwright', 'test', '--project=portal', ...scope, ...(chosen.length > 0 ? chosen : specs)];
const { status } = spawnSync('npx', args, { stdio: 'inherit' });
process.exit(status ?? 1);
