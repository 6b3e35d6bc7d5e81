'use server';

import { redirect } from 'next/navigation';
import { identifyCaller } from '@/lib/auth/caller';
import { endSessions } from '@/lib/authorisations/end';
import { asForm } from '@/lib/http/form';
import { services } from '@/lib/services';
import { isUuid } from '@/lib/uuid';

/** Signs one of the caller's own devices out. Another person's session is never meant, whatever id the form holds. */
export async function endDevice(submitted: FormData): Promise<void> {
  const caller = await identifyCaller();
  const sessionId = asForm(submitted).get('device');
  if (!caller.problem && isUuid(sessionId)) {
    await endSessions(await services(), { userId: caller.session.userId, sessionId }, 'signed-out');
  }
  // Signed out or database down: the page says so by itself.
  redirect('/account/devices');
}
