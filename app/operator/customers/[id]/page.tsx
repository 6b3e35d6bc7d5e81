import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getLocale, getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { ClientMessages } from '@/components/client-messages';
import { Interruption } from '@/components/interruption';
import { ReviewSection } from '@/components/operator/review-section';
import { TooMany } from '@/components/operator/too-many';
import { PageHeading } from '@/components/page-heading';
import { Notice } from '@/components/ui/notice';
import { requireOperator } from '@/lib/auth/session';
import { config } from '@/lib/config/config';
import { readableDetails } from '@/lib/customers/details';
import { formatDate } from '@/lib/date-format';
import { listMessages } from '@/lib/notifications/read';
import { openApprovals } from '@/lib/operator/approvals';
import { namesOf, readContact } from '@/lib/operator/contact';
import { type CustomerFile, readCustomerFile } from '@/lib/operator/customers';
import { listNotes, type Note } from '@/lib/operator/notes';
import { OUTCOMES, toneOf } from '@/lib/operator/outcomes';
import { may } from '@/lib/operator/permissions';
import { recordShown, withinLimit } from '@/lib/operator/read';
import { REASONS } from '@/lib/operator/reasons';
import { standingOf } from '@/lib/operator/standing';
import { operatorsIn, readStory, STORY_KINDS } from '@/lib/operator/story';
import { interruptible } from '@/lib/pages/interruptible';
import { getServices } from '@/lib/services';
import { takeFlash } from '@/lib/sessions/flash';
import { shortNumber } from '@/lib/utils';
import { ActionsCard, ApprovalsCard } from './actions-card';
import { Devices } from './devices';
import { Facts } from './facts';
import { Messages } from './messages';
import { Money } from './money';
import { Notes } from './notes';
import { Situation } from './situation';
import { Timeline } from './story';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Older e-mails are in the customer's data. */
const SHOWN_MESSAGES = 10;

async function CustomerPage({ params, searchParams }: Props) {
  const { id } = await params;
  const operator = await requireOperator('/operator');
  if (!(await withinLimit(operator))) return <TooMany />;
  if (!z.uuid().safeParse(id).success) notFound();
  const services = await getServices();
  const file = await readCustomerFile(services, id);
  if (!file) notFound();
  await recordShown(services, operator, { object: 'customer', subject: id });
  const { kind: requested } = await searchParams;
  const kind = STORY_KINDS.find((known) => known === requested);
  // Everything from the database is read here, where its failure is caught; the parts below ask Kuna alone.
  const [flash, contact, stored, notes, approvals, story, messages] = await Promise.all([
    takeFlash(services, operator, id),
    readContact(services, file),
    readableDetails(services, id),
    listNotes(services, id),
    openApprovals(services, id),
    readStory(services, id, { kind }),
    listMessages(services, id, SHOWN_MESSAGES),
  ]);
  const authors = notes.map(({ authorId }) => authorId);
  const names = await namesOf(services, [
    ...authors,
    ...approvals.map(({ requestedBy }) => requestedBy),
    ...operatorsIn(story.lines),
  ]);
  const t = await getTranslations('support');
  const standings = await getTranslations('operatorQueues.standings');
  return (
    <ClientMessages of={{ ui: [] }}>
      <PageHeading title={contact.name ?? (file.deleted ? standings('deleted') : t('contact.unnamed'))} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <Outcome flash={flash} userId={id} />
        <Standing file={file} notes={notes} names={names} />
        <ApprovalsCard approvals={approvals} operator={operator} names={names} />
        <ReviewSection file={file} mayReview={may(operator.role, 'review')} />
        <Situation file={file} />
        <Facts file={file} contact={contact} operator={operator} flash={flash} />
        <div className="space-y-6">
          <ActionsCard file={file} operator={operator} />
          <Devices devices={file.devices} />
          {config().offers.messages && <Messages messages={messages} />}
          <Notes userId={id} notes={notes} names={names} operator={operator} />
        </div>
        <Money file={file} details={stored?.details ?? null} />
        <Timeline userId={id} story={story} kind={kind} names={names} operator={operator} />
      </div>
    </ClientMessages>
  );
}

/** Tabs of several customers can be told apart, and none holds personal data. */
async function title({ params }: Props): Promise<string> {
  const t = await getTranslations('operator');
  return `${t('customer')} ${shortNumber((await params).id)}`;
}

export default interruptible(CustomerPage, Interruption, title);

/** Shows once what the last action did, with a way back where there is one. */
async function Outcome({ flash, userId }: { flash: string | null; userId: string }) {
  const outcome = OUTCOMES.find((known) => known === flash);
  if (!outcome) return null;
  const t = await getTranslations('support');
  return (
    <Notice tone={toneOf(outcome)} alert className="lg:col-span-2">
      <p>{t(`outcomes.${outcome}`)}</p>
      {outcome === 'block' && (
        <Link href={`/operator/customers/${userId}/unblock`} prefetch={false} className="font-semibold underline">
          {t('outcomes.undo')}
        </Link>
      )}
    </Notice>
  );
}

/** Shows the one state, and of a block when, by whom and why. */
async function Standing({ file, notes, names }: { file: CustomerFile; notes: Note[]; names: Map<string, string> }) {
  const t = await getTranslations('support');
  const states = await getTranslations('operatorQueues.standings');
  const language = await getLocale();
  const standing = standingOf(file);
  const when = file.blockedAt && formatDate(file.blockedAt, language);
  const last = notes.find(({ action }) => action === 'block');
  const reason = REASONS.find((known) => known === last?.reason);
  const since =
    when &&
    (last && reason
      ? t('standing.blockedBy', {
          when,
          who: names.get(last.authorId) ?? last.authorId,
          why: [t(`act.reasons.${reason}`), last.text].filter(Boolean).join('. '),
        })
      : t('standing.blockedSince', { when }));
  const tone = standing === 'ready' ? 'good' : standing === 'deleted' || file.blocked ? 'bad' : 'warn';
  return (
    <Notice tone={tone} title={states(standing)} className="lg:col-span-2">
      {standing === 'sign-in-blocked' && <p>{since}</p>}
    </Notice>
  );
}
