'use server';

import { notFound, redirect } from 'next/navigation';
import { userAction } from '@/lib/auth/action';
import { config } from '@/lib/config/config';
import { asForm } from '@/lib/http/form';
import { saveChosenKinds } from '@/lib/notifications/preferences';
import { leadToDone } from '@/lib/pages/done';
import { getServices } from '@/lib/services';

/** Saves which e-mails the person gets. */
export const saveMessages = userAction(
  {
    limit: 'details-account',
    otherwise: (_problem, _submitted: FormData): never => redirect('/account/messages?unconfirmed'),
  },
  async ({ session }, submitted) => {
    if (!config().offers.messages) notFound();
    const chosen = asForm(submitted).getAll('kind').map(String);
    await saveChosenKinds(await getServices(), session.userId, chosen);
    return leadToDone(session, '/account/messages', 'messages-saved');
  },
);
