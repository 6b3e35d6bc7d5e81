import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { defineConfig, devices } from '@playwright/test';
import { browserPath } from './e2e/browser';
import { LANES, LAYOUT, PORTAL } from './e2e/stack';

/**
 * Specs that run on PostgreSQL: failures with several connections, and, as on the embedded database, limits, ends of sessions
 * and the main stories. The statements of all others run on PostgreSQL in the unit tests.
 */
const ON_POSTGRES = ['*.postgres', 'limits', 'single-sign-on', 'story'];

const onPostgres = process.env.TEST_DATABASE_URL !== undefined;

/** A test of a feature has the feature's setting as its tag. It runs unless .env.example turns the feature off. */
const turnedOff = Object.entries(parseEnv(readFileSync('.env.example', 'utf8')))
  .filter(([, value]) => value === 'off')
  .map(([name]) => new RegExp(`@${name}\\b`));

// Runs the production build against real services, each a process on its own origin. Each worker has a lane of its own,
// because the tests read the sandbox's call history and set its faults.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/playwright',
  globalSetup: './e2e/servers.ts',
  workers: LANES.length,
  fullyParallel: false,
  forbidOnly: true,
  grepInvert: turnedOff,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  projects: [
    {
      name: 'portal',
      testMatch: onPostgres ? ON_POSTGRES.map((name) => `**/${name}.spec.ts`) : '**/*.spec.ts',
      testIgnore: onPostgres ? [] : '**/*.postgres.spec.ts',
    },
    // Searches the data and logs of the tests above.
    { name: 'afterwards', testMatch: '**/*.after.ts', dependencies: ['portal'] },
  ],
  // `npm run --prefix verification claims` reads it. The run on PostgreSQL is another one.
  reporter: onPostgres || LAYOUT ? [['list']] : [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: PORTAL.origin,
    // The layout's own certificate.
    ignoreHTTPSErrors: LAYOUT === 'https',
    // A trace of every test costs time. Trace one with --trace on.
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: browserPath(),
      args: [
        '--no-sandbox',
        // Machines without a graphics card would compute one.
        '--disable-gpu',
        // The identity check of the sandbox's widget takes a photo. A headless browser has no camera and no prompt.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
        // Chromium loads a service worker over a certificate that it trusts only.
        ...(LAYOUT === 'https' ? ['--ignore-certificate-errors'] : []),
      ],
    },
  },
});
