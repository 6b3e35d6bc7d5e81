'use server';

import { notFound, redirect } from 'next/navigation';
import type { EmailSignInState } from '@/components/email-sign-in';
import { visitorAction } from '@/lib/auth/action';
import { safeCallbackPath } from '@/lib/auth/callback-url';
import { config } from '@/lib/config/config';
import { typedEmail } from '@/lib/email-address';
import { asForm } from '@/lib/http/form';
import { rememberLinkRequest } from '@/lib/sign-in/links';
import { startLink } from '@/lib/sign-in/start';

/**
 * Mails a sign-in link. Responds the same for a known, unknown, blocked or deleted address (ASVS 5.0 6.3.8).
 * lib/sign-in/options.ts counts the rate limits.
 */
export const sendLink = visitorAction(
  {
    otherwise: (problem, _state: EmailSignInState, submitted: FormData): EmailSignInState => ({
      problem: problem === 'forbidden' ? problem : 'EmailSignin',
      email: typedIn(asForm(submitted)),
    }),
  },
  async (_state, submitted): Promise<EmailSignInState> => {
    if (!config().offers.signInLinks) notFound();
    const form = asForm(submitted);
    const typed = typedIn(form);
    const email = typedEmail(typed);
    if (!email) return { problem: 'email', email: typed };
    const callbackPath = safeCallbackPath(String(form.get('callbackUrl') ?? ''), config().portalOrigin);
    const next = await startLink({ email, callbackUrl: callbackPath });
    if (next.includes('error=RateLimited')) return { problem: 'RateLimited', email: typed };
    if (next.includes('error=')) return { problem: 'EmailSignin', email: typed };
    await rememberLinkRequest(email, callbackPath);
    redirect('/sign-in/check-email');
  },
);

function typedIn(form: FormData): string {
  return String(form.get('email') ?? '');
}
