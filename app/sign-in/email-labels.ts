import { getTranslations } from 'next-intl/server';

/** Returns the texts of components/email-sign-in.tsx. */
export async function emailLabels() {
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
