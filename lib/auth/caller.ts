import 'server-only';
import { headers } from 'next/headers';
import { config } from '@/lib/config/config';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { isSameOrigin } from '@/lib/http/same-origin';
import { usableUserAgent } from '@/lib/http/user-agent';
import type { LiveSession } from '@/lib/sessions/find';
import { currentSession, recordRefusal } from './session';

/** Who calls an action or route, or why they may not. */
export type Caller =
  | { problem: 'forbidden' | 'signed-out' | 'unavailable' }
  | { problem: null; session: LiveSession; userAgent: string | null };

/** The guard at the top of every action: origin, then session. Nothing about the caller comes from the form. */
export async function identifyCaller(): Promise<Caller> {
  const incoming = await headers();
  if (!isSameOrigin(incoming, config().portalOrigin)) return { problem: 'forbidden' };
  try {
    const session = await currentSession();
    if (!session) return { problem: 'signed-out' };
    return { problem: null, session, userAgent: usableUserAgent(incoming.get('user-agent')) };
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return { problem: 'unavailable' };
    throw error;
  }
}

/** The guard at the top of every action of an operator. */
export async function identifyOperator(): Promise<Caller> {
  const caller = await identifyCaller();
  if (caller.problem || caller.session.role === 'operator') return caller;
  await recordRefusal(caller.session.userId, 'operator');
  return { problem: 'forbidden' };
}
