import { defineConfig, devices } from '@playwright/test';
import { browserPath } from './e2e/browser';
import { dataDirectory, PORTAL, portalEnvironment, REFERENCE_KUNACORE, SANDBOX, sandboxEnvironment } from './e2e/stack';

const log = (name: string) => `> test-results/${name}.log 2>&1`;

/** Specs whose subject does not depend on the database. */
const SAME_ON_BOTH_DATABASES = [
  ...['activity', 'app-basics', 'brand', 'connections', 'development', 'form-fuzz', 'fuzz', 'hostile-widget'],
  ...['interrupted-scripts', 'interruptions', 'keyboard', 'markup', 'no-javascript', 'numbers'],
  ...['preferences', 'public-widget', 'request-guard', 'reference-kunacore', 'start-and-stop', 'visual-and-a11y'],
];

// Runs the production build against real services, each a process on its own origin. One worker, because the tests
// share one sandbox with its call history and faults.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/playwright',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  projects: [
    {
      name: 'portal',
      testMatch: '**/*.spec.ts',
      // Some need a database with connections; others are the same on both, and run once.
      testIgnore: process.env.TEST_DATABASE_URL
        ? SAME_ON_BOTH_DATABASES.map((name) => `**/${name}.spec.ts`)
        : '**/*.postgres.spec.ts',
    },
    // Searches the data and logs of the tests above.
    { name: 'afterwards', testMatch: '**/*.after.ts', dependencies: ['portal'] },
  ],
  // `npm run --prefix verification claims` reads it. The run on PostgreSQL is another one.
  reporter: process.env.TEST_DATABASE_URL ? [['list']] : [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: PORTAL.origin,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: browserPath(),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
    },
  },
  webServer: [
    {
      command: `node_modules/.bin/tsx sandbox/main.ts ${log('sandbox')}`,
      url: `${SANDBOX.api}/__control/switches`,
      env: sandboxEnvironment(),
    },
    {
      command: `node_modules/.bin/tsx e2e/reference-kunacore/main.ts ${log('reference-kunacore')}`,
      url: `${REFERENCE_KUNACORE.api}/__control/calls`,
      env: REFERENCE_KUNACORE.environment,
    },
    {
      command: `rm -rf ${dataDirectory('portal')}; node_modules/.bin/next start --port ${PORTAL.port} ${log('portal')}`,
      url: `${PORTAL.origin}/api/health/ready`,
      env: portalEnvironment('portal'),
    },
    {
      command: `rm -rf ${dataDirectory('reference-portal')}; node_modules/.bin/next start --port ${REFERENCE_KUNACORE.portalPort} ${log('reference-portal')}`,
      url: `${REFERENCE_KUNACORE.portal}/api/health/ready`,
      env: portalEnvironment('reference-portal'),
    },
  ].map((server) => ({
    ...server,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  })),
});
