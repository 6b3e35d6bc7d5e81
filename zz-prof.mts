import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { Browser } from './verification/faults/processes/browser';
import { until } from './verification/faults/processes/stack';
import { detailsWith } from './verification/faults/processes/person';
import { startPostgres } from './scripts/postgres.mjs';
const [db = 'embedded', seconds = '8', prof = ''] = process.argv.slice(2);
const base = 47000 + Math.floor(Math.random() * 900) * 10;
const folder = mkdtempSync('/tmp/p7/prof/x');
const [api, widget, identity, mailbox, smtp, port] = [0,1,2,3,4,5].map((n) => base + n);
const origin = `http://localhost:${port}`;
const log = openSync(path.join(folder, 'log'), 'a');
const sandbox = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts'], { env: { ...process.env, SANDBOX_API_PORT: `${api}`, SANDBOX_WIDGET_PORT: `${widget}`, SANDBOX_IDP_PORT: `${identity}`, SANDBOX_MAILBOX_PORT: `${mailbox}`, SANDBOX_SMTP_PORT: `${smtp}`, SANDBOX_PORTAL_URL: origin, SANDBOX_STATE_FILE: '' }, stdio: ['ignore', log, log] });
const pg = db === 'postgres' ? await startPostgres() : null;
pg?.createDatabase('portal');
const sample = parseEnv(readFileSync('.env.example', 'utf8')) as Record<string, string>;
const args = prof ? ['--cpu-prof', '--cpu-prof-dir=/tmp/p7/prof', `--cpu-prof-name=${prof}.cpuprofile`] : [];
const portal = spawn(process.execPath, [...args, 'node_modules/next/dist/bin/next', 'start', '--port', `${port}`], { env: { ...process.env, ...sample, NEXTAUTH_URL: origin, KUNACORE_API_URL: `http://127.0.0.1:${api}`, KUNACORE_WIDGET_URL: `http://127.0.0.1:${widget}/`, OIDC_ISSUER: `http://127.0.0.1:${identity}`, EMAIL_SERVER: `smtp://127.0.0.1:${smtp}`, DATA_DIR: path.join(folder, 'data'), TRUSTED_PROXY_HOPS: '1', DATABASE_URL: pg ? `postgres://portal@127.0.0.1:${pg.port}/portal` : '', NODE_ENV: 'production' }, stdio: ['ignore', log, log] });
try {
  await until(async () => (await fetch(`${origin}/api/health/ready`)).ok, 'not ready');
  const browser = new Browser(origin);
  await browser.signIn('sample-7');
  await browser.submit('/account/details', 'name="firstName"', detailsWith('1 Street, Kyiv'));
  const cookie = (browser as any)['request'] && '';
  const jar: string = (() => { let c = ''; const orig = globalThis.fetch; return c; })();
  let captured = '';
  const realFetch = globalThis.fetch;
  globalThis.fetch = (async (u: any, i: any) => { captured = i.headers.cookie; return realFetch(u, i); }) as any;
  await browser.get('/account');
  globalThis.fetch = realFetch;
  if (process.env.DUMP) { const r = await fetch(origin + '/account/buy', { headers: { cookie: captured, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36' } }); (await import('node:fs')).writeFileSync(process.env.DUMP, JSON.stringify([...r.headers]) + '\n' + (await r.text())); throw new Error('dumped'); }
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const get = (p: string) => new Promise<number>((ok, no) => http.get(`${origin}${p}`, { agent, headers: { cookie: captured, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36', accept: 'text/html', 'accept-encoding': 'identity' } }, (r) => { let n = 0; r.on('data', (d) => (n += d.length)); r.on('end', () => ok((r.statusCode ?? 0) * 1e7 + n)); }).on('error', no));
  for (const p of ['/account', '/account/buy', '/account/activity', '/sign-in', '/', '/api/account/status']) {
    const first = await get(p);
    const cpu0 = cpuOf(portal.pid!);
    const end = performance.now() + Number(seconds) * 1000;
    let n = 0; const began = performance.now();
    await Promise.all(Array.from({ length: 8 }, async () => { while (performance.now() < end) { await get(p); n += 1; } }));
    const cpu = cpuOf(portal.pid!) - cpu0;
    console.log(p.padEnd(22), Math.floor(first / 1e7), first % 1e7, 'bytes', (n / (performance.now() - began) * 1000).toFixed(0), 'req/s', (cpu * 10 / n).toFixed(2), 'ms cpu');
  }
  agent.destroy();
} finally {
  portal.kill('SIGINT');
  await new Promise((ok) => { portal.once('exit', ok); setTimeout(ok, 15000); });
  sandbox.kill('SIGKILL'); pg?.stop(); rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
function cpuOf(pid: number): number { const s = readFileSync(`/proc/${pid}/stat`, 'utf8'); const f = s.slice(s.lastIndexOf(')') + 2).split(' '); return Number(f[11]) + Number(f[12]); }
