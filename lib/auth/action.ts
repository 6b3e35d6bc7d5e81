import 'server-only';
import { headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { describeError, log, stackFrames } from '@/lib/log/log';
import type { Permission } from '@/lib/operator/permissions';
import type { RateLimit } from '@/lib/rate-limits/limits';
import { countFor } from '@/lib/rate-limits/request';
import { type Caller, identifyCaller, identifyOperator } from './caller';

/** The reason why an action did not run. `unconfirmed`: it failed and may or may not have been stored. */
export type ActionProblem = 'forbidden' | 'signed-out' | 'unavailable' | 'too-many' | 'unconfirmed';

interface Settings<Args extends unknown[], Result> {
  /** The rate limit that counts each call by account. */
  limit?: RateLimit;
  /** Returns the state for the form, or redirects, instead of `run`. Must not use the database or KunaCore. */
  otherwise: (problem: ActionProblem, ...args: Args) => Result;
}

type Identified = Extract<Caller, { problem: null }>;

/**
 * Makes a server action for signed-in people. Every action comes from here or from the two functions below.
 * A failing database or KunaCore then never leads to the framework's error page, which would lose the form's input.
 */
export function userAction<Args extends unknown[], Result>(
  settings: Settings<Args, Result>,
  run: (caller: Identified, ...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return identified(identifyCaller, settings, run);
}

/** Makes a server action for operators with a permission. */
export function operatorAction<Args extends unknown[], Result>(
  { permission, ...settings }: Settings<Args, Result> & { permission: Permission },
  run: (caller: Identified, ...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return identified(() => identifyOperator(permission), settings, run);
}

/** Makes a server action for everybody, signed in or not. */
export function visitorAction<Args extends unknown[], Result>(
  { otherwise }: Pick<Settings<Args, Result>, 'otherwise'>,
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return confirmed(otherwise, async (...args) => {
    if (!isSameOrigin(await headers(), config().portalOrigin)) return otherwise('forbidden', ...args);
    return run(...args);
  });
}

function identified<Args extends unknown[], Result>(
  identify: () => Promise<Caller>,
  { limit, otherwise }: Settings<Args, Result>,
  run: (caller: Identified, ...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return confirmed(otherwise, async (...args) => {
    const caller = await identify();
    if (caller.problem) return otherwise(caller.problem, ...args);
    if (limit && !(await countFor(limit, caller.session.userId)).allowed) return otherwise('too-many', ...args);
    return run(caller, ...args);
  });
}

/** Reports an error as unconfirmed: a `commit` whose connection broke may have been stored. */
function confirmed<Args extends unknown[], Result>(
  otherwise: Settings<Args, Result>['otherwise'],
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await run(...args);
    } catch (error) {
      // Next signals redirects by throwing.
      unstable_rethrow(error);
      const at = error instanceof Error ? stackFrames(error) : [];
      log().error({ event: 'action_unconfirmed', error: describeError(error), at });
      return otherwise('unconfirmed', ...args);
    }
  };
}
