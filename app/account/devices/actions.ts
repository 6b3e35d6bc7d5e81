'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { userAction } from '@/lib/auth/action';
import { asForm } from '@/lib/http/form';
import { leadToDone } from '@/lib/pages/done';
import { getServices } from '@/lib/services';
import { endSessions } from '@/lib/sessions/end';

const PAGE = '/account/devices';
const unconfirmed = (): never => redirect(`${PAGE}?unconfirmed`);

/** Signs out one of the caller's own devices, never another person's, whatever id the form holds. */
export const endDevice = userAction(
  { otherwise: (_problem, _submitted: FormData) => unconfirmed() },
  async ({ session }, submitted) => {
    const { data: sessionId } = z.uuid().safeParse(asForm(submitted).get('device'));
    const ended = sessionId
      ? await endSessions(await getServices(), { userId: session.userId, sessionId }, 'signed-out')
      : 0;
    // A device that was signed out before, or is another person's: the list says what is so.
    if (ended === 0 || sessionId === session.id) redirect(PAGE);
    return leadToDone(session, PAGE, 'device-signed-out');
  },
);

/** Signs out every device of the caller but this one. */
export const endOtherDevices = userAction({ otherwise: unconfirmed }, async ({ session }) => {
  await endSessions(await getServices(), { userId: session.userId, exceptId: session.id }, 'signed-out');
  return leadToDone(session, PAGE, 'devices-signed-out');
});
