import 'server-only';
import { headers } from 'next/headers';
import { config } from '@/lib/config/config';
import { DatabaseUnavailable } from '@/lib/db/unavailable';
import { isSameOrigin } from '@/lib/http/same-origin';
import { usableUserAgent } from '@/lib/http/user-agent';
import { may, type Permission } from '@/lib/operator/permissions';
import type { LiveSession } from '@/lib/sessions/find';
import { currentSession, recordRefusal } from './session';

/** The caller of an action or route, or the reason to reject the call. */
export type Caller =
  | { problem: 'forbidden' | 'signed-out' | 'unavailable' }
  | { problem: null; session: LiveSession; userAgent: string | null };

/** Guards every action: checks the origin, then the session. Takes nothing about the caller from the form. */
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

/** Guards every action of an operator. Records the attempt of anyone without the permission. */
export async function identifyOperator(permission: Permission): Promise<Caller> {
  const caller = await identifyCaller();
  if (caller.problem || may(caller.session.role, permission)) return caller;
  await recordRefusal(caller.session, permission);
  return { problem: 'forbidden' };
}
