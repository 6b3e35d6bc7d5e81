import { getTranslations } from 'next-intl/server';
import { Interruption } from '@/components/interruption';
import { PageHeading } from '@/components/page-heading';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { Disclosure } from '@/components/ui/disclosure';
import { requireUser } from '@/lib/auth/session';
import { brand } from '@/lib/brand/brand';
import { supportCall, supportMail } from '@/lib/brand/support';
import { interruptible } from '@/lib/pages/interruptible';

/** The questions that people ask in their account, and those of the start page. */
const OWN = ['purchase', 'device', 'details', 'closing'] as const;
const GENERAL = ['kuna', 'price', 'data', 'end'] as const;

async function HelpPage() {
  const { userId } = await requireUser('/account/help');
  const t = await getTranslations('help');
  const general = await getTranslations('landing.answers');
  const values = { brand: brand.name, email: brand.support.email };
  const answers = [
    ...OWN.map((name) => ({ question: t(`answers.${name}.question`), answer: t(`answers.${name}.answer`) })),
    ...GENERAL.map((name) => ({
      question: general(`${name}.question`, values),
      answer: general(`${name}.answer`, values),
    })),
  ];
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeading title={t('title')} />
      <div className="space-y-3">
        {answers.map(({ question, answer }) => (
          <Disclosure key={question} summary={question}>
            <p className="text-muted-foreground">{answer}</p>
          </Disclosure>
        ))}
      </div>
      <Card aria-labelledby="contact" className="mt-8 space-y-4">
        <CardTitle id="contact">{t('contact')}</CardTitle>
        <p className="text-muted-foreground">{t('contactHint')}</p>
        <div className="flex flex-wrap gap-3">
          <a href={supportMail(t('subject', { brand: brand.name }), userId)} className={buttonStyle()}>
            {t('write')}
          </a>
          <a href={supportCall} className={buttonStyle({ variant: 'secondary' })}>
            {t('call', { phone: brand.support.phone })}
          </a>
        </div>
      </Card>
    </div>
  );
}

export default interruptible(HelpPage, Interruption, 'help.page');
