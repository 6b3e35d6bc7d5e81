import { getTranslations } from 'next-intl/server';
import { DoneNotice } from '@/components/done-notice';
import { Interruption } from '@/components/interruption';
import { PageHeading } from '@/components/page-heading';
import { Card, CardTitle } from '@/components/ui/card';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { requireUser } from '@/lib/auth/session';
import { OPTIONAL_KINDS, REQUIRED_KINDS } from '@/lib/notifications/kinds';
import { readChosenKinds } from '@/lib/notifications/preferences';
import { takeDone } from '@/lib/pages/done';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { saveMessages } from './actions';

type Search = Promise<Record<string, string | string[] | undefined>>;

async function MessagesPage({ searchParams }: { searchParams: Search }) {
  const session = await requireUser('/account/messages');
  const chosen = await readChosenKinds(await getServices(), session.userId);
  const search = await searchParams;
  const done = await takeDone(session, '/account/messages');
  const t = await getTranslations('messages');
  return (
    <div className="mx-auto max-w-2xl space-y-6">
      <PageHeading title={t('title')} intro={t('intro', { email: session.email })} />
      <DoneNotice done={done} />
      {search.unconfirmed !== undefined && (
        <Notice tone="bad" alert>
          <p>{t('unconfirmed')}</p>
        </Notice>
      )}
      <Card>
        <form action={saveMessages} className="space-y-6">
          <fieldset>
            <legend className="mb-2 font-semibold text-lg">{t('choose')}</legend>
            {OPTIONAL_KINDS.map((kind) => (
              <label key={kind} className="flex min-h-11 items-center gap-3">
                <input
                  type="checkbox"
                  name="kind"
                  value={kind}
                  defaultChecked={chosen.includes(kind)}
                  className="size-5 shrink-0 accent-primary"
                />
                <span>{t(`kinds.${kind}`)}</span>
              </label>
            ))}
          </fieldset>
          <SubmitButton pendingLabel={t('saving')}>{t('save')}</SubmitButton>
        </form>
      </Card>
      <Card aria-labelledby="always" className="space-y-3">
        <CardTitle id="always">{t('always.title')}</CardTitle>
        <ul className="list-disc space-y-1 pl-6">
          {REQUIRED_KINDS.map((kind) => (
            <li key={kind}>{t(`always.${kind}`)}</li>
          ))}
        </ul>
        <p className="text-muted-foreground text-sm">{t('always.why')}</p>
      </Card>
      <p className="text-muted-foreground text-sm">{t('promise')}</p>
    </div>
  );
}

export default interruptible(MessagesPage, Interruption, 'messages.page');
