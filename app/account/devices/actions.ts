'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/auth/action';
import { asForm } from '@/lib/http/form';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';

/** Signs out one of the caller's own devices, never another person's, whatever id the form holds. */
export const endDevice = userAction(
  { otherwise: (_problem, _submitted: FormData): never => redirect('/account/devices?unconfirmed') },
  async ({ session }, submitted) => {
    const { data: sessionId } = z.uuid().safeParse(asForm(submitted).get('device'));
    if (sessionId) await endSessions(await getServices(), { userId: session.userId, sessionId }, 'signed-out');
    redirect('/account/devices');
  },
);
