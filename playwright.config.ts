import { defineConfig, devices } from '@playwright/test';
import { browserPath } from './e2e/browser';
import {
  addressesOf,
  dataDirectory,
  LANES,
  LAYOUT,
  logFile,
  PORTAL,
  portalEnvironment,
  sandboxEnvironment,
} from './e2e/stack';

/**
 * Specs that run on PostgreSQL: failures with several connections, and, as on the embedded database, limits, ends of sessions
 * and the main stories. The statements of all others run on PostgreSQL in the unit tests.
 */
const ON_POSTGRES = ['*.postgres', 'limits', 'single-sign-on', 'story'];

const onPostgres = process.env.TEST_DATABASE_URL !== undefined;

// Runs the production build against real services, each a process on its own origin. Each worker has a lane of its own,
// because the tests read the sandbox's call history and set its faults.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/playwright',
  workers: LANES.length,
  fullyParallel: false,
  forbidOnly: true,
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
        // The identity check of the sandbox's widget takes a photo. A headless browser has no camera and no prompt.
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
      ],
    },
  },
  webServer: (LAYOUT ? [] : LANES.flatMap(serversOf)).map((server) => ({
    ...server,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  })),
});

/** The processes of a lane. */
function serversOf(lane: number) {
  const { portal, sandbox, reference } = addressesOf(lane);
  const log = (name: string) => `> ${logFile(name, lane)} 2>&1`;
  const startPortal = (name: 'portal' | 'reference-portal', port: number) =>
    `rm -rf ${dataDirectory(name, lane)}; node_modules/.bin/next start --port ${port} ${log(name)}`;
  return [
    {
      command: `node_modules/.bin/tsx sandbox/main.ts ${log('sandbox')}`,
      url: `${sandbox.api}/__control/switches`,
      env: sandboxEnvironment(lane),
    },
    {
      command: `node_modules/.bin/tsx e2e/reference-kunacore/main.ts ${log('reference-kunacore')}`,
      url: `${reference.api}/__control/calls`,
      env: reference.environment,
    },
    {
      command: startPortal('portal', portal.port),
      url: `${portal.origin}/api/health/ready`,
      env: portalEnvironment('portal', lane),
    },
    {
      command: startPortal('reference-portal', reference.portalPort),
      url: `${reference.portal}/api/health/ready`,
      env: portalEnvironment('reference-portal', lane),
    },
  ];
}
