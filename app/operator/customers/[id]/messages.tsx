import { useLocale, useTranslations } from 'next-intl';
import { Card, CardTitle } from '@/components/ui/card';
import { formatDate } from '@/lib/date-format';
import type { MessageRecord } from '@/lib/notifications/read';

/** Lists the newest e-mails to the customer, and what became of each. */
export function Messages({ messages }: { messages: MessageRecord[] }) {
  const t = useTranslations('support.messages');
  return (
    <Card aria-labelledby="messages" className="space-y-3">
      <CardTitle id="messages">{t('title')}</CardTitle>
      {messages.length === 0 && <p className="text-muted-foreground">{t('none')}</p>}
      <ul aria-label={t('title')} className="divide-y divide-border">
        {messages.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a static list, and the subject may be the id of a session.
          <li key={index} className="py-2">
            <p className="font-medium">{t(`kind.${message.kind}`)}</p>
            <p className="text-muted-foreground text-sm">
              <State message={message} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function State({ message }: { message: MessageRecord }) {
  const t = useTranslations('support.messages');
  const language = useLocale();
  const { sentAt, isDue, failure, createdAt } = message;
  if (sentAt) return t('state.sent', { when: formatDate(sentAt, language) });
  if (isDue) return t('state.waiting', { when: formatDate(createdAt, language) });
  return failure === 'muted' ? t('state.muted') : t('state.failed', { code: failure ?? '' });
}
