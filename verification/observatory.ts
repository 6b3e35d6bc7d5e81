// npm run --prefix verification observatory: MDN's HTTP Observatory on every page, signed in and not, behind a TLS terminator on loopback, and
// Google's CSP Evaluator on every policy. Needs `npm run build`. The Observatory is fetched into test-results for this
// alone: its dependencies are an API server's.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CspEvaluator } from 'csp_evaluator/dist/evaluator.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
import { mailTo } from '../e2e/sandbox';
import { dataDirectory, portalEnvironment, SANDBOX, SPARE_PORTAL, sandboxEnvironment } from '../e2e/stack';

const HTTPS_PORT = 8443;
const HTTP_PORT = 8080;
const ORIGIN = `https://localhost:${HTTPS_PORT}`;
const GOAL = 130;
const FOLDER = path.resolve('test-results/observatory');

const children: ChildProcess[] = [];
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  for (const child of children) child.kill('SIGTERM');
}
process.exit();

async function measure(): Promise<boolean> {
  const { key, cert } = await prepare();
  rmSync(dataDirectory('spare-portal'), { recursive: true, force: true });
  start(['node_modules/.bin/tsx', 'sandbox/main.ts'], sandboxEnvironment());
  await until(`${SANDBOX.api}/__control/switches`);
  // A widget as in production: the sandbox's plain http is the one thing that both tools would rightly mark.
  const addresses = { NEXTAUTH_URL: ORIGIN, KUNACORE_WIDGET_URL: 'https://widget.kuna.example/' };
  const environment = { ...portalEnvironment('spare-portal'), ...addresses, OPERATOR_SIGN_IN: 'any' };
  start(['node_modules/.bin/next', 'start', '--port', String(SPARE_PORTAL.port)], environment);
  await until(`${SPARE_PORTAL.origin}/api/health/ready`);
  https.createServer({ key, cert }, passOn).listen(HTTPS_PORT, '127.0.0.1');
  http.createServer(leadToHttps).listen(HTTP_PORT, '127.0.0.1');
  const cookie = await signIn();
  const visits = pages().map((page) => ({ page, cookie: /^\/(account|operator)/.test(page) ? cookie : '' }));
  const findings = (await Promise.all(visits.map(evaluate))).reduce((sum, one) => sum + one, 0);
  console.log(`CSP Evaluator: ${findings} findings on ${visits.length} pages`);
  writeFileSync(path.join(FOLDER, 'visits.json'), JSON.stringify(visits));
  return (await observe()) && findings === 0;
}

/** Every address of the build that is a page, without those that need an id. */
function pages(): string[] {
  const manifest: Record<string, string> = JSON.parse(readFileSync('.next/app-path-routes-manifest.json', 'utf8'));
  return Object.entries(manifest)
    .filter(([file, route]) => file.endsWith('/page') && !/\[|^\/_/.test(route))
    .map(([, route]) => route)
    .concat('/offline', '/nowhere')
    .sort();
}

async function prepare(): Promise<{ key: string; cert: string }> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, 'package.json'), '{"private": true}');
  const packages = ['@mdn/mdn-http-observatory@1.4.8', 'selfsigned@5.5.0'];
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    cwd: FOLDER,
    stdio: 'ignore',
  });
  // Its install script downloads the browsers' preload list; localhost is not on it.
  writeFileSync(path.join(FOLDER, 'node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json'), '{}');
  const require = createRequire(path.join(FOLDER, 'package.json'));
  const { generate } = (await import(require.resolve('selfsigned'))) as typeof import('node:module') & {
    generate(attributes: object[], options: object): Promise<{ private: string; cert: string }>;
  };
  const names = [{ type: 2, value: 'localhost' }];
  const extensions = [
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: names },
  ];
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions,
  });
  writeFileSync(path.join(FOLDER, 'cert.pem'), made.cert);
  return { key: made.private, cert: made.cert };
}

/** What a terminator does: TLS ends here, the host is passed on. */
function passOn(request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const onward = http.request({ port: SPARE_PORTAL.port, host: 'localhost', method, path: url, headers }, (inner) => {
    response.writeHead(inner.statusCode ?? 502, inner.headers);
    inner.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

function leadToHttps({ url }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(301, { location: ORIGIN + url }).end();
}

/** By a link in a mail: the operator, who sees every page. @returns the session's cookie. */
async function signIn(): Promise<string> {
  const email = 'operator@example.com';
  // The form as a browser without script sends it: with what React has put into it.
  const { body: page } = await ask('/sign-in');
  const form = page.match(/<form(?:(?!<\/form>).)*name="email".*?<\/form>/s)?.[0] ?? '';
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)];
  const fields = new FormData();
  for (const [, name = '', value = ''] of hidden) fields.append(name, value.replaceAll('&quot;', '"'));
  fields.append('email', email);
  const multipart = new Response(fields);
  const type = multipart.headers.get('content-type') ?? '';
  await ask('/sign-in', { 'content-type': type }, await multipart.text());
  const link = (await mailTo(email)).links.find((one) => one.includes('/sign-in/link')) ?? '';
  return cookiesOf(await ask('/api/auth/callback/email', {}, new URL(link).searchParams.toString()));
}

interface PageResponse {
  headers: IncomingMessage['headers'];
  body: string;
}

function ask(address: string, headers: Record<string, string> = {}, form?: string): Promise<PageResponse> {
  const own = { host: new URL(ORIGIN).host, origin: ORIGIN, 'user-agent': 'Mozilla/5.0', ...headers };
  const type = form ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length } : {};
  const options = {
    port: SPARE_PORTAL.port,
    host: 'localhost',
    path: address,
    method: form ? 'POST' : 'GET',
    headers: { ...type, ...own },
  };
  return new Promise((resolve, reject) => {
    http
      .request(options, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ headers: response.headers, body }));
      })
      .on('error', reject)
      .end(form);
  });
}

function cookiesOf({ headers }: PageResponse): string {
  return (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

/** @returns how much CSP Evaluator has to say about the page's policy. */
async function evaluate({ page, cookie }: { page: string; cookie: string }): Promise<number> {
  const policy = String((await ask(page, cookie ? { cookie } : {})).headers['content-security-policy']);
  const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
  for (const { directive, description } of findings) console.log(`${page}: ${directive}: ${description}`);
  return findings.length;
}

/** A process of its own, which trusts the terminator's certificate. */
function observe(): Promise<boolean> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: path.join(FOLDER, 'cert.pem') };
  const ports = [HTTP_PORT, HTTPS_PORT, GOAL].map(String);
  const child = spawn(process.execPath, [path.resolve('verification/observatory-scan.mjs'), FOLDER, ...ports], {
    env,
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)));
}

function start([command = '', ...args]: string[], environment: Record<string, string>): void {
  children.push(spawn(command, args, { env: { ...process.env, ...environment }, stdio: 'ignore' }));
}

async function until(address: string): Promise<void> {
  while (!(await fetch(address).catch(() => null))?.ok) await sleep(200);
}
