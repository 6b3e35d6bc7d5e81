import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { PublicTop, Shell } from '@/components/shell';
import { buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { LINK_MINUTES } from '@/lib/mail/link-minutes';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('signIn'))('checkEmail.title') };
}

// Not interruptible: asks no database.
export default async function CheckEmailPage() {
  const t = await getTranslations('signIn.checkEmail');
  return (
    <Shell top={<PublicTop />}>
      <Card className="mx-auto max-w-md space-y-4">
        <h1 className="font-bold text-2xl tracking-tight">{t('title')}</h1>
        <p className="text-muted-foreground">{t('text', { minutes: LINK_MINUTES })}</p>
        <Link href="/sign-in" prefetch={false} className={buttonStyle({ variant: 'secondary', width: 'full' })}>
          {t('again')}
        </Link>
      </Card>
    </Shell>
  );
}
