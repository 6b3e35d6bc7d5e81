import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { AuditLog } from '@/components/operator/audit-log';
import { Card, CardTitle } from '@/components/ui/card';
import { formatDate } from '@/lib/date-format';
import { may } from '@/lib/operator/permissions';
import { STORY_KINDS, type Story, type StoryKind } from '@/lib/operator/story';
import { whatOf } from '@/lib/operator/story-words';
import type { LiveSession } from '@/lib/sessions/find';

interface Props {
  userId: string;
  story: Story;
  kind: StoryKind | undefined;
  names: Map<string, string>;
  operator: LiveSession;
}

/** Tells what happened in sentences, the newest first. The stored lines are in a disclosure. */
export async function Timeline({ userId, story, kind, names, operator }: Props) {
  const t = await getTranslations('support.story');
  const language = await getLocale();
  const page = `/operator/customers/${userId}`;
  const filters = [undefined, ...STORY_KINDS];
  return (
    <Card aria-labelledby="history" className="space-y-4 lg:col-span-2">
      <CardTitle id="history">{t('title')}</CardTitle>
      <nav aria-label={t('filter')}>
        <ul className="flex flex-wrap gap-1">
          {filters.map((one) => (
            <li key={one ?? 'all'}>
              <Link
                href={one ? `${page}?kind=${one}` : page}
                prefetch={false}
                aria-current={one === kind ? 'page' : undefined}
                className="tab-link"
              >
                {one ? t(`kinds.${one}`) : t('all')}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {story.views.times > 0 && <p className="text-muted-foreground">{t('viewed', { ...story.views })}</p>}
      {story.lines.length === 0 && <p className="text-muted-foreground">{t('none')}</p>}
      <ol aria-label={t('title')} className="divide-y divide-border">
        {story.lines.map((line) => (
          <li key={line.id} className="grid gap-x-6 py-2 sm:grid-cols-[11rem_1fr]">
            <time dateTime={line.at.toISOString()} className="text-muted-foreground text-sm">
              {formatDate(line.at, language)}
            </time>
            <span>
              {t(`says.${line.event}`, { what: whatOf(line) })}
              {line.actor.startsWith('operator:') && (
                <span className="text-muted-foreground"> · {names.get(line.actor.slice(9)) ?? line.actor}</span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {may(operator.role, 'export-audit-log') && (
        <a href={`${page}/timeline.csv`} download className="text-primary underline">
          {t('export')}
        </a>
      )}
      <details>
        <summary className="py-2 font-medium">{t('technical')}</summary>
        <AuditLog lines={story.lines} label={t('technical')} />
      </details>
    </Card>
  );
}
