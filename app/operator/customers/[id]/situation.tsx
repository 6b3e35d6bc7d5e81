import { getLocale, getTranslations } from 'next-intl/server';
import { Card, CardTitle } from '@/components/ui/card';
import { CopyValue } from '@/components/ui/copy-value';
import { defaultLanguage, toLanguage } from '@/lib/config/language';
import { formatDate } from '@/lib/date-format';
import { findRivals } from '@/lib/operator/at-kuna';
import type { CustomerFile } from '@/lib/operator/customers';
import { standingOf } from '@/lib/operator/standing';
import { getServices } from '@/lib/services';

/** Says what is going on, what to tell the customer in their language, and what to do next. */
export async function Situation({ file }: { file: CustomerFile }) {
  const t = await getTranslations('support.situation');
  const language = toLanguage(file.language) ?? defaultLanguage();
  const say = await getTranslations({ locale: language, namespace: 'support.situation' });
  const states = await getTranslations('operatorQueues.standings');
  const standing = standingOf(file);
  const { externalId, customerId, walletId } = file;
  const none = t('none');
  const message = t('message', {
    state: standing === 'deleted' || standing === 'sign-in-blocked' ? file.state : states(standing),
    externalId: externalId ?? none,
    customerId: customerId ?? none,
    walletId: walletId ?? none,
  });
  return (
    <Card aria-labelledby="situation" className="space-y-4 lg:col-span-2">
      <CardTitle id="situation">{t('title')}</CardTitle>
      <p className="text-lg">{t(`now.${standing}`)}</p>
      {standing === 'rejected' && file.rejectionCode && <p>{t('code', { code: file.rejectionCode })}</p>}
      {standing === 'conflict' && <Records file={file} />}
      <dl className="space-y-4 [&_dt]:mb-1 [&_dt]:font-medium">
        <div>
          <dt>{t('tell')}</dt>
          <dd lang={language} className="rounded-control bg-muted py-2 pr-2 pl-4">
            <CopyValue label={t('tell')} value={say(`say.${standing}`)} prose />
          </dd>
        </div>
        <div>
          <dt>{t('next')}</dt>
          <dd>{t(`do.${standing}`)}</dd>
        </div>
        {['conflict', 'verifying', 'blocked', 'creating'].includes(standing) && (
          <div>
            <dt>{t('forKuna')}</dt>
            <dd className="rounded-control bg-muted py-2 pr-2 pl-4">
              <CopyValue label={t('forKuna')} value={message} prose />
            </dd>
          </div>
        )}
      </dl>
    </Card>
  );
}

/** Shows our record of a conflict beside those that KunaCore has with the same address. */
async function Records({ file }: { file: CustomerFile }) {
  const t = await getTranslations('support');
  const locale = await getLocale();
  const rivals = file.email ? await findRivals(await getServices(), file.email) : [];
  if (rivals === null) return <p>{t('money.down')}</p>;
  const none = t('situation.none');
  const created = (text?: string) => (text ? formatDate(text, locale, { dateStyle: 'medium' }) : none);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <p className="[overflow-wrap:anywhere]">{t('situation.ours', { externalId: file.externalId ?? none })}</p>
      <div>
        <p className="font-medium">{t('situation.rivals')}</p>
        {rivals.length === 0 && <p>{t('situation.noRivals')}</p>}
        {rivals.map(({ id, externalId, createdAt }) => (
          <p key={id} className="[overflow-wrap:anywhere]">
            {t('situation.rival', { id, externalId: externalId ?? none, created: created(createdAt) })}
          </p>
        ))}
      </div>
    </div>
  );
}
