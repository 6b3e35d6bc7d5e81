// npm run --prefix verification manifests
// Checks the files of deploy/ with the programs that read them, and the Kubernetes manifests against its schemas.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Kubernetes' own OpenAPI schemas, and a reader of YAML. Fetched for this check alone. */
const PACKAGES = ['kubernetes-models@4.5.1', 'yaml@2.8.1'];

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
}

const folder = mkdtempSync(path.join(tmpdir(), 'portal-manifests-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const addresses = {
  PORTAL_1: '127.0.0.1:3001',
  PORTAL_2: '127.0.0.1:3002',
  PORTAL_HOST: 'localhost',
  HTTP_PORT: '8080',
  TLS_PORT: '8443',
  TLS_FILES: folder,
};
execFileSync('sh', ['deploy/make-certificate.sh', folder]);
execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, ...PACKAGES]);
const require = createRequire(path.join(folder, 'fetched.js'));
const { parse, parseAllDocuments } = require('yaml') as {
  parse(text: string, options: object): unknown;
  parseAllDocuments(text: string): { toJS(): unknown }[];
};

const site = readFileSync('deploy/nginx/portal.conf.template', 'utf8').replace(
  /\$\{(\w+)\}/g,
  (_, name: keyof typeof addresses) => addresses[name],
);
writeFileSync(path.join(folder, 'nginx.conf'), `events {}\nhttp {\n${site}\n}\n`);
run('nginx', ['-t', '-c', path.join(folder, 'nginx.conf')]);
run('haproxy', ['-c', '-f', 'deploy/haproxy/haproxy.cfg']);
run('caddy', ['adapt', '--validate', '--adapter', 'caddyfile', '--config', 'deploy/caddy/Caddyfile']);
run('systemd-analyze', ['verify', 'deploy/systemd/portal@.service']);
checkCompose();
checkKubernetes();

function run(program: string, args: string[]): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    env: { ...process.env, ...addresses },
    encoding: 'utf8',
  });
  if (status !== 0) fail(`${program}: ${error?.message ?? stdout + stderr}`);
  console.log(`${program} accepts its file`);
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(1);
}

/** Every file that compose.yaml names must exist. */
function checkCompose(): void {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
    services: Record<string, { env_file?: string[]; volumes?: string[] }>;
  };
  const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]));
  const named = [...Object.values(services).flatMap(({ env_file = [] }) => env_file), ...mounted];
  for (const name of named) if (name && !/^[\w]+$|\/tls$/.test(name)) readFileSync(name);
  console.log(`compose.yaml is YAML, and its ${Object.keys(services).length} services name files that exist`);
}

function checkKubernetes(): void {
  const base = 'deploy/kubernetes/base';
  for (const name of readdirSync(base).filter((file) => file !== 'kustomization.yaml'))
    for (const document of parseAllDocuments(readFileSync(path.join(base, name), 'utf8'))) {
      const manifest = document.toJS() as Manifest;
      const models = require(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`) as Record<
        string,
        new (
          data: Manifest,
        ) => { validate(): void }
      >;
      const Model = models[manifest.kind];
      if (!Model) fail(`${name}: no such kind`);
      new Model(manifest).validate();
      console.log(`${name}: ${manifest.kind} keeps Kubernetes' schema`);
      checkSnippet(manifest);
    }
}

/** HAProxy must accept a Service's directives after those that its ingress controller writes itself. */
function checkSnippet({ metadata: { name, annotations } }: Manifest): void {
  const snippet = annotations?.['haproxy.org/backend-config-snippet'];
  if (!snippet) return;
  const frontend = `frontend https\nbind 127.0.0.1:${addresses.TLS_PORT}\ndefault_backend ${name}`;
  const backend = `backend ${name}\nbalance roundrobin\n${snippet}server SRV_1 ${addresses.PORTAL_1} check`;
  const config = `defaults\nmode http\ntimeout client 50s\n${frontend}\n${backend}\n`;
  const file = path.join(folder, `${name}.cfg`);
  writeFileSync(file, config);
  run('haproxy', ['-c', '-f', file]);
}
