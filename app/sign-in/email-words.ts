import { getTranslations } from 'next-intl/server';

/** The words of components/email-sign-in.tsx, which runs in the browser without messages of its own. */
export async function emailWords() {
  const t = await getTranslations('signIn');
  return {
    label: t('email'),
    hint: t('emailHint'),
    submit: t('sendLink'),
    pending: t('sending'),
    errors: {
      email: t('errors.email'),
      forbidden: t('errors.forbidden'),
      RateLimited: t('errors.RateLimited'),
      EmailSignin: t('errors.EmailSignin'),
      outdated: t('errors.outdated'),
      unreachable: t('errors.unreachable'),
      unavailable: t('errors.EmailSignin'),
    },
  };
}
