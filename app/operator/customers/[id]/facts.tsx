import { getLocale, getTranslations } from 'next-intl/server';
import { revealContact } from '@/app/operator/actions';
import { type Fact, FactList } from '@/components/operator/fact-list';
import { Card, CardTitle } from '@/components/ui/card';
import { CopyValue } from '@/components/ui/copy-value';
import { SubmitButton } from '@/components/ui/submit-button';
import type { EndReason } from '@/lib/authorisations/epoch';
import { config } from '@/lib/config/config';
import { formatDate } from '@/lib/date-format';
import { CONTACT_FIELDS, type Contact, masked } from '@/lib/operator/contact';
import type { CustomerFile } from '@/lib/operator/customers';
import { may } from '@/lib/operator/permissions';
import type { LiveSession } from '@/lib/sessions/find';

interface Props {
  file: CustomerFile;
  contact: Contact;
  operator: LiveSession;
  flash: string | null;
}

/** Shows contact data, masked until an operator reveals a field, and the ids and times of a customer. */
export async function Facts({ file, contact, operator, flash }: Props) {
  const t = await getTranslations('operator.facts');
  const language = await getLocale();
  const time = (date: Date | null | undefined) => (date ? formatDate(date, language) : null);
  const { authorisation, details } = file;
  const facts: Fact[] = [
    [t('user'), file.userId],
    [t('since'), time(file.createdAt)],
    [t('externalId'), file.externalId],
    [t('customerId'), file.customerId],
    [t('walletId'), file.walletId],
    [t('rejection'), file.rejectionCode],
    ...file.identities.map(
      ({ provider, linkedAt }): Fact => [
        t('identity'),
        t('identityOf', { provider: config().oidc?.name ?? provider, when: time(linkedAt) ?? '' }),
      ],
    ),
    [
      t('kunaSessions'),
      authorisation &&
        authorisation.epoch > 0 &&
        t('kunaSessionsOf', {
          state: authorisation.revokedEpoch < authorisation.epoch ? 'waiting' : 'closed',
          epoch: authorisation.epoch,
          revoked: authorisation.revokedEpoch,
        }),
    ],
    [
      t('lastKunaSession'),
      authorisation?.lastReason
        ? `${t(`reasons.${authorisation.lastReason as EndReason}`)}, ${time(authorisation.epochStartedAt)}`
        : null,
    ],
    [
      t('details'),
      details &&
        t('detailsOf', {
          state: details.sentVersion === 0 ? 'unsent' : details.sentVersion < details.version ? 'partly' : 'sent',
          version: details.version,
          sent: details.sentVersion,
        }),
    ],
    [t('consent'), details && `${details.consentVersion}, ${time(details.consentedAt)}`],
  ];
  return (
    <Card aria-labelledby="facts">
      <CardTitle id="facts" className="mb-4">
        {t('title')}
      </CardTitle>
      <ContactData file={file} contact={contact} operator={operator} flash={flash} />
      <FactList facts={facts} />
    </Card>
  );
}

async function ContactData({ file, contact, operator, flash }: Props) {
  const t = await getTranslations('support.contact');
  const mayReveal = may(operator.role, 'reveal');
  return (
    <div className="mb-6 space-y-3">
      <dl className="space-y-3">
        {CONTACT_FIELDS.map((field) => {
          const value = contact[field];
          const isRevealed = mayReveal && flash === `reveal:${field}`;
          return (
            <div key={field}>
              <dt className="text-muted-foreground text-sm">{t(field)}</dt>
              <dd className="flex flex-wrap items-center gap-x-4 [overflow-wrap:anywhere]">
                {value === null ? (
                  '–'
                ) : isRevealed ? (
                  <CopyValue label={t(field)} value={value} />
                ) : (
                  masked(field, value)
                )}
                {value !== null && mayReveal && !isRevealed && (
                  <form action={revealContact}>
                    <input type="hidden" name="customer" value={file.userId} />
                    <SubmitButton name="field" value={field} variant="quiet" pendingLabel="…">
                      {t('reveal', { field })}
                    </SubmitButton>
                  </form>
                )}
              </dd>
            </div>
          );
        })}
        {file.language && (
          <div>
            <dt className="text-muted-foreground text-sm">{t('language')}</dt>
            <dd>{new Intl.DisplayNames([await getLocale()], { type: 'language' }).of(file.language)}</dd>
          </div>
        )}
      </dl>
      {mayReveal && !file.deleted && <p className="text-muted-foreground text-sm">{t('revealHint')}</p>}
    </div>
  );
}
