'use server';

import { redirect } from 'next/navigation';
import { userAction } from '@/lib/auth/action';
import { endSessions } from '@/lib/authorisations/end';
import { asForm } from '@/lib/http/form';
import { services } from '@/lib/services';
import { isUuid } from '@/lib/uuid';

/** Signs one of the caller's own devices out. Another person's session is never meant, whatever id the form holds. */
export const endDevice = userAction(
  { otherwise: (_problem, _submitted: FormData): never => redirect('/account/devices?unconfirmed') },
  async ({ session }, submitted) => {
    const sessionId = asForm(submitted).get('device');
    if (isUuid(sessionId)) await endSessions(await services(), { userId: session.userId, sessionId }, 'signed-out');
    redirect('/account/devices');
  },
);
