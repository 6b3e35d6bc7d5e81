import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { Landing, type LandingTexts } from '@/components/landing';
import { PublicTop, Shell } from '@/components/shell';
import { brand } from '@/lib/brand/brand';
import { config } from '@/lib/config/config';
import { sharedPreview } from '@/lib/pages/shared-preview';
import { AccountLink } from './account-link';

export async function generateMetadata(): Promise<Metadata> {
  return sharedPreview(await getLocale());
}

// Not interruptible: without the database, AccountLink leads to sign-in.
export default async function LandingPage() {
  const { type } = config().widget;
  const hasAccounts = type !== 'kuna';
  return (
    <Shell top={<PublicTop>{hasAccounts && <AccountLink />}</PublicTop>}>
      <title>{brand.name}</title>
      <Landing texts={await landingTexts()} hasAccounts={hasAccounts} hasPublicWidget={type !== 'partner'} />
    </Shell>
  );
}

async function landingTexts(): Promise<LandingTexts> {
  const t = await getTranslations('landing');
  const values = { brand: brand.name, email: brand.support.email };
  return {
    title: t('title'),
    intro: t('intro', values),
    open: t('open'),
    openKuna: t('openKuna'),
    reasons: (['yours', 'quick', 'safe'] as const).map((reason) => ({
      reason,
      title: t(`reasons.${reason}.title`),
      text: t(`reasons.${reason}.text`, values),
    })),
    how: t('how'),
    steps: (['signIn', 'details', 'buy'] as const).map((step) => ({
      title: t(`steps.${step}.title`),
      text: t(`steps.${step}.text`, values),
    })),
    questions: t('questions'),
    answers: (['kuna', 'data', 'price', 'end'] as const).map((question) => ({
      question: t(`answers.${question}.question`, values),
      answer: t(`answers.${question}.answer`, values),
    })),
  };
}
