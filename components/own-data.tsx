'use client';

import { useTranslations } from 'next-intl';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { Disclosure } from '@/components/ui/disclosure';
import { Notice } from '@/components/ui/notice';

interface OwnDataProps {
  brandName: string;
  unconfirmed: boolean;
  /** How long the law keeps the history of an account that is deleted. */
  years: number;
}

/** Offers data export and account deletion. Plain links and forms, since both end in a full load. */
export function OwnData({ brandName, unconfirmed, years }: OwnDataProps) {
  const t = useTranslations('details.ownData');
  return (
    <Card aria-labelledby="own-data" className="space-y-4">
      <CardTitle id="own-data">{t('title')}</CardTitle>
      <p className="text-muted-foreground">{t('exportHint')}</p>
      <a href="/api/account/own-data" download className={buttonStyle({ variant: 'secondary' })}>
        {t('export')}
      </a>
      <Disclosure summary={t('delete')} open={unconfirmed}>
        <form action="/account/delete" method="post" className="space-y-4">
          <p className="text-muted-foreground text-sm">{t('deleteHint', { brand: brandName, years })}</p>
          {unconfirmed && (
            <Notice tone="warn">
              <p id="deletion-unconfirmed">{t('unconfirmed')}</p>
            </Notice>
          )}
          <label className="flex items-start gap-3">
            <input
              type="checkbox"
              name="confirm"
              value="yes"
              aria-invalid={unconfirmed ? true : undefined}
              aria-describedby={unconfirmed ? 'deletion-unconfirmed' : undefined}
              // biome-ignore lint/a11y/noAutofocus: the page is the answer to a form without the tick.
              autoFocus={unconfirmed}
              className="mt-1 size-5 shrink-0 accent-primary"
            />
            <span>{t('confirm')}</span>
          </label>
          <Button type="submit" variant="destructive">
            {t('deleteNow')}
          </Button>
        </form>
      </Disclosure>
    </Card>
  );
}
