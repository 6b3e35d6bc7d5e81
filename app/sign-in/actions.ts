'use server';

import { redirect } from 'next/navigation';
import type { EmailSignInState } from '@/components/email-sign-in';
import { visitorAction } from '@/lib/auth/action';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { config } from '@/lib/config/config';
import { typedEmail } from '@/lib/email-address';
import { asForm } from '@/lib/http/form';
import { markLinkRequest } from '@/lib/sign-in/links';
import { startSignIn } from '@/lib/sign-in/start';

/**
 * Mails a sign-in link. The answer is the same for every address: known, unknown, blocked, deleted (ASVS 5.0 6.3.8).
 * Limits are counted where next-auth is about to mail (lib/sign-in/options.ts).
 */
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
    const callbackPath = safeCallbackPath(String(form.get('callbackUrl') ?? ''), config().portalOrigin);
    const next = await startSignIn('email', { email, callbackUrl: callbackPath });
    if (next.includes('error=RateLimited')) return { problem: 'RateLimited', email: typed };
    if (next.includes('error=')) return { problem: 'EmailSignin', email: typed };
    await markLinkRequest(email);
    redirect('/sign-in/check-email');
  },
);

function typedIn(form: FormData): string {
  return String(form.get('email') ?? '');
}
