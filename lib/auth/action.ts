import 'server-only';
import { headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import { config } from '@/lib/config/config';
import { isSameOrigin } from '@/lib/http/same-origin';
import { describeError, log, stackFrames } from '@/lib/log/log';
import type { RateLimit } from '@/lib/rate-limits/limits';
import { countFor } from '@/lib/rate-limits/request';
import { type Caller, identifyCaller, identifyOperator } from './caller';

/** Why an action was not carried out; or, `unconfirmed`, why nobody knows whether it was. */
export type ActionProblem = 'forbidden' | 'signed-out' | 'unavailable' | 'too-many' | 'unconfirmed';

interface Settings<Args extends unknown[], Answer> {
  /** Counts each call by account. */
  limit?: RateLimit;
  /** Answers instead of `run`: a state for the form, or a redirect. It must need neither database nor KunaCore. */
  otherwise: (problem: ActionProblem, ...args: Args) => Answer;
}

type Identified = Extract<Caller, { problem: null }>;

/**
 * Makes a server action of a signed-in person. Every action is made here or by its two neighbours, so that a database
 * or a KunaCore that fails in the middle never ends in the framework's error page, where what was typed is lost.
 */
export function userAction<Args extends unknown[], Answer>(
  settings: Settings<Args, Answer>,
  run: (caller: Identified, ...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return identified(identifyCaller, settings, run);
}

/** Makes a server action of an operator. */
export function operatorAction<Args extends unknown[], Answer>(
  settings: Settings<Args, Answer>,
  run: (caller: Identified, ...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return identified(identifyOperator, settings, run);
}

/** Makes a server action of anybody. */
export function visitorAction<Args extends unknown[], Answer>(
  { otherwise }: Pick<Settings<Args, Answer>, 'otherwise'>,
  run: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return confirmed(otherwise, async (...args) => {
    if (!isSameOrigin(await headers(), config().portalOrigin)) return otherwise('forbidden', ...args);
    return run(...args);
  });
}

function identified<Args extends unknown[], Answer>(
  identify: () => Promise<Caller>,
  { limit, otherwise }: Settings<Args, Answer>,
  run: (caller: Identified, ...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return confirmed(otherwise, async (...args) => {
    const caller = await identify();
    if (caller.problem) return otherwise(caller.problem, ...args);
    if (limit && !(await countFor(limit, caller.session.userId)).allowed) return otherwise('too-many', ...args);
    return run(caller, ...args);
  });
}

/** An error says nothing of what was stored before it: a broken `commit` may have been carried out. */
function confirmed<Args extends unknown[], Answer>(
  otherwise: Settings<Args, Answer>['otherwise'],
  run: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return async (...args) => {
    try {
      return await run(...args);
    } catch (error) {
      // Redirects and the like are answers.
      unstable_rethrow(error);
      const at = error instanceof Error ? stackFrames(error) : [];
      log().error({ event: 'action_unconfirmed', error: describeError(error), at });
      return otherwise('unconfirmed', ...args);
    }
  };
}
