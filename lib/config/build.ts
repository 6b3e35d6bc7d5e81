import 'server-only';
import type { Report } from './environment';

/** How this build was made, compiled in by next.config.mjs. Empty in development and in tests. */
const HAS_ACTIONS_KEY = process.env.BUILD_HAS_ACTIONS_KEY;
const DEPLOYMENT_ID = process.env.BUILD_DEPLOYMENT_ID;

/**
 * Refuses a build that cannot share an address with another one. Next draws a key for each build where none is given, and
 * the ids of server actions depend on it: a form of one build would be unknown to the other.
 * https://nextjs.org/docs/app/guides/self-hosting#server-functions-encryption-key
 */
export function checkBuild(report: Report): void {
  if (HAS_ACTIONS_KEY === 'no')
    report(
      'INSTANCES',
      'is more than 1, and the build was made without NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: build it anew',
    );
  else if (DEPLOYMENT_ID === '')
    report('INSTANCES', 'is more than 1, and the build was made without NEXT_DEPLOYMENT_ID: build it anew');
}
