'use server';

import { redirect } from 'next/navigation';
import type { EmailSignInState } from '@/components/email-sign-in';
import { visitorAction } from '@/lib/auth/action';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { typedEmail } from '@/lib/auth/email';
import { mayAskForLink } from '@/lib/auth/link-limits';
import { startSignIn } from '@/lib/auth/start-sign-in';
import { config } from '@/lib/config';
import { asForm } from '@/lib/http/form';

/** Mails a sign-in link. The answer is the same whether the address is known here or not (ASVS 5.0 6.3.8). */
export const sendLink = visitorAction(
  {
    otherwise: (problem, _state: EmailSignInState, submitted: FormData): EmailSignInState => ({
      problem: problem === 'forbidden' ? problem : 'EmailSignin',
      email: typedIn(asForm(submitted)),
    }),
  },
  async (_state, submitted): Promise<EmailSignInState> => {
    const form = asForm(submitted);
    const typed = typedIn(form);
    const email = typedEmail(typed);
    if (!email) return { problem: 'email', email: typed };
    if (!(await mayAskForLink(email))) return { problem: 'RateLimited', email: typed };
    const callbackPath = safeCallbackPath(String(form.get('callbackUrl') ?? ''), config().portalOrigin);
    const next = await startSignIn('email', { email, callbackUrl: callbackPath });
    if (!next || next.includes('error=')) return { problem: 'EmailSignin', email: typed };
    redirect('/sign-in/check-email');
  },
);

function typedIn(form: FormData): string {
  return String(form.get('email') ?? '');
}
