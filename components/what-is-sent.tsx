'use client';

import { useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';

/** Says what Kuna gets, and why. In the browser, because the page would hold its elements twice. */
export function WhatIsSent({ email }: { email: string }) {
  const t = useTranslations('details.whatIsSent');
  return (
    <Card aria-labelledby="what-is-sent" className="space-y-4">
      <CardTitle id="what-is-sent">{t('title')}</CardTitle>
      <dl className="space-y-3 text-sm [&_dd]:text-muted-foreground [&_dt]:font-medium [&_dt]:[overflow-wrap:anywhere]">
        {(['identity', 'residence', 'tax', 'phone', 'email'] as const).map((item) => (
          <div key={item}>
            <dt>{t(`${item}.what`, { email })}</dt>
            <dd>{t(`${item}.why`)}</dd>
          </div>
        ))}
      </dl>
      <p className="text-muted-foreground text-sm">{t('nothingElse')}</p>
    </Card>
  );
}
