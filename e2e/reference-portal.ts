// The reference KunaCore, with a portal of its own that authenticates by login instead of api-key.
import { test } from '@playwright/test';
import { portalServer, startServers } from './servers';
import { logFile, REFERENCE_KUNACORE } from './stack';

/** Runs both while the tests of the calling file run. */
export function runReferencePortal(): void {
  const { api, environment, portal } = REFERENCE_KUNACORE;
  let end = async () => {};

  test.beforeAll(async () => {
    const kunacore = {
      log: logFile('reference-kunacore'),
      command: ['node_modules/.bin/tsx', 'e2e/reference-kunacore/main.ts'],
      address: `${api}/__control/calls`,
      environment,
    };
    end = await startServers([kunacore, portalServer('reference-portal', portal)]);
  });
  test.afterAll(() => end());
}
