// Sets Glewlwyd up on this machine: an OpenID Connect provider that nobody here wrote (Debian: apt-get install glewlwyd
// sqlite3). It runs from a temporary folder and leaves nothing behind.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Browser } from '../../../e2e/http-browser';
import { until } from '../../faults/processes/stack';

/** The one client, and the one person. */
export const CLIENT = { id: 'partner-portal', secret: 'a-secret-of-this-machine-for-glewlwyd-only' };
export const OLENA = { name: 'olena', password: 'a-password-of-this-machine', email: 'olena@example.com' };

const SCOPES = ['openid', 'email', 'profile', 'phone', 'address'];
const TABLES = '/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz';

/** A running Glewlwyd. */
export interface Glewlwyd {
  origin: string;
  issuer: string;
  stop(): void;
}

/** Starts Glewlwyd for this portal. */
export async function startGlewlwyd(port: number, portal: string): Promise<Glewlwyd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glewlwyd-'));
  const origin = `http://127.0.0.1:${port}`;
  const issuer = `${origin}/api/oidc`;
  createDatabase(path.join(folder, 'glewlwyd.db'));
  const configuration = path.join(folder, 'glewlwyd.conf');
  writeFileSync(configuration, settings(port, origin, folder));
  const child = spawn('glewlwyd', ['-c', configuration], { stdio: 'ignore' });
  try {
    await until(async () => (await fetch(`${origin}/config`)).ok, 'Glewlwyd does not start');
    await configure(new Browser(origin), issuer, portal);
  } catch (error) {
    stop(child, folder);
    throw error;
  }
  return { origin, issuer, stop: () => stop(child, folder) };
}

function stop(child: ChildProcess, folder: string): void {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** Makes its tables, and lets people have a property for "the address is verified". */
function createDatabase(file: string): void {
  const property = `json('{"multiple":false,"read":true,"write":true}')`;
  const change = `update g_user_module_instance set gumi_parameters =
    json_set(gumi_parameters, '$."data-format".email_verified', ${property});`;
  execFileSync('sqlite3', [file], { input: gunzipSync(readFileSync(TABLES)).toString() + change });
}

function settings(port: number, origin: string, folder: string): string {
  const modules = ['user', 'user_middleware', 'client', 'plugin'].map(
    (kind) => `${kind}_module_path="/usr/lib/glewlwyd/${kind}"`,
  );
  return [
    `port=${port}`,
    'bind_address="127.0.0.1"',
    `external_url="${origin}"`,
    'login_url="login.html"',
    'api_prefix="api"',
    'log_mode="console"',
    'log_level="ERROR"',
    'cookie_secure=0',
    'session_key="GLEWLWYD2_SESSION_ID"',
    'admin_session_authentication="cookie"',
    'profile_session_authentication="cookie"',
    'admin_scope="g_admin"',
    'profile_scope="g_profile"',
    'hash_algorithm="SHA512"',
    ...modules,
    'user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"',
    `database = { type = "sqlite3" path = "${folder}/glewlwyd.db" };`,
    '',
  ].join('\n');
}

/** Adds the scopes, the OpenID Connect plugin, the person and the client, through the administration's API. */
async function configure(admin: Browser, issuer: string, portal: string): Promise<void> {
  await call(admin, 'POST', '/auth/', { username: 'admin', password: 'password' });
  for (const name of SCOPES.slice(1)) await call(admin, 'POST', '/scope/', scope(name));
  await call(admin, 'PUT', '/scope/openid', scope('openid'));
  await call(admin, 'POST', '/mod/plugin/', plugin(issuer));
  const { name, password, email } = OLENA;
  const person = { username: name, name: 'Olena Kovalenko', email, email_verified: 'true', enabled: true };
  await call(admin, 'POST', '/user/', { ...person, password, scope: SCOPES });
  await call(admin, 'POST', '/client/', {
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    confidential: true,
    enabled: true,
    authorization_type: ['code'],
    token_endpoint_auth_method: ['client_secret_basic'],
    redirect_uri: [`${portal}/api/auth/callback/oidc`],
    backchannel_logout_uri: `${portal}/api/auth/backchannel-logout`,
    backchannel_logout_session_required: '1',
  });
}

const scope = (name: string) => ({
  ...{ name, display_name: name, description: name },
  ...{ password_required: true, password_max_age: 0, scheme: {} },
});

function plugin(issuer: string): object {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const verified = { name: 'email_verified', 'user-property': 'email_verified', type: 'boolean', mandatory: true };
  return {
    ...{ module: 'oidc', name: 'oidc', display_name: 'OpenID Connect' },
    parameters: {
      iss: issuer,
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: publicKey.export({ type: 'spki', format: 'pem' }),
      'jwks-show': true,
      'access-token-duration': 3600,
      'refresh-token-duration': 3600,
      'code-duration': 600,
      'auth-type-code-enabled': true,
      'auth-type-id-token-enabled': true,
      'subject-type': 'public',
      'pkce-allowed': true,
      'session-management-allowed': true,
      'session-cookie-name': 'GLEWLWYD2_OIDC_SID',
      'session-cookie-expiration': 3600,
      'back-channel-logout-allowed': true,
      'name-claim': 'mandatory',
      'email-claim': 'mandatory',
      claims: [{ ...verified, 'boolean-value-true': 'true', 'boolean-value-false': 'false' }],
    },
  };
}

/** Calls Glewlwyd's API with this browser's cookies. @throws Error unless it agrees. */
export async function call(browser: Browser, method: string, name: string, body?: object): Promise<void> {
  const init = { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) };
  const { status, text } = await browser.request(`/api${name}`, init, 0);
  if (status !== 200) throw new Error(`Glewlwyd answers ${status} to ${method} ${name}: ${text}`);
}
