import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { buttonStyle } from '@/components/ui/button';
import { sessionForLayout } from '@/lib/auth/session';

/** Leads from a public page to the account, or to sign-in. Asks the database only where a browser has a session cookie. */
export async function AccountLink() {
  const t = await getTranslations('shell');
  const isSignedIn = (await sessionForLayout()) !== null;
  return (
    <Link href={isSignedIn ? '/account' : '/sign-in'} prefetch={false} className={buttonStyle({ variant: 'quiet' })}>
      {t(isSignedIn ? 'myAccount' : 'signIn')}
    </Link>
  );
}
