// npm run check:kunacore: checks that the address and credentials in the environment (or .env) reach a KunaCore that
// answers as documented. Makes two read-only calls.
import { existsSync } from 'node:fs';
import type { Credentials } from '../lib/kunacore/authentication';
import { createKunaCoreClient } from '../lib/kunacore/client';
import { KunaCoreError } from '../lib/kunacore/errors';

if (existsSync('.env')) process.loadEnvFile('.env');

const apiUrl = required('KUNACORE_API_URL').replace(/\/+$/, '');
const client = createKunaCoreClient({ apiUrl, credentials: credentials() });
const responses = [
  await check('GET /v2/rate/equivalent', async () => `${(await client.getEquivalentRates()).length} rates`),
  await check(
    'POST /v2/customer/find',
    async () => `${(await client.findCustomers({ take: 1 })).length} customers seen`,
  ),
];
process.exit(responses.every(Boolean) ? 0 : 1);

async function check(name: string, call: () => Promise<string>): Promise<boolean> {
  try {
    console.log(`ok      ${name}: ${await call()}`);
    return true;
  } catch (error) {
    // These errors contain no credentials or personal data (lib/kunacore/errors.ts).
    if (!(error instanceof KunaCoreError)) throw error;
    console.log(`failed  ${name}: ${error.name}, ${error.message}`);
    return false;
  }
}

function credentials(): Credentials {
  const apiKey = process.env.KUNACORE_API_KEY;
  if (apiKey) return { kind: 'api-key', apiKey };
  return {
    kind: 'login',
    merchantId: required('KUNACORE_MERCHANT_ID'),
    login: required('KUNACORE_LOGIN'),
    password: required('KUNACORE_PASSWORD'),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is missing: set it in the environment or in .env`);
  process.exit(1);
}
