import 'server-only';
import { asc, type SQLWrapper, sql } from 'drizzle-orm';
import { type Pending, pendingRevocations } from '@/lib/authorisations/revoke';
import { customers, hasOpenWork, hasWalletWork } from '@/lib/db/schema';
import { contractFile, openCircuits, type Services } from '@/lib/services';
import { type AuditCheck, lastAuditCheck } from './audit-check';
import { type CallFigures, lastHour } from './calls';
import { type ContractDifference, contractDifferences } from './contract-changes';
import { type Incident, listIncidents } from './incidents';
import { lastRound } from './last-round';

/** Reads no further, so that the page costs the same however many wait. */
export const MOST_PENDING = 10_000;

/** Customers with work that KunaCore has not confirmed, among the MOST_PENDING whose turn comes first. */
interface PendingCustomers {
  /** There are more, so that each number is the least that it can be. */
  more: boolean;
  creates: number;
  updates: number;
  walletChanges: number;
  verifications: number;
}

/** What the integration page shows. Shared by all instances, but for `circuits` and `lastRound`. */
export interface Overview {
  /** `unknown` when KunaCore was not called in the last hour. */
  kunacore: 'reachable' | 'unreachable' | 'unknown';
  all: CallFigures;
  endpoints: [string, CallFigures][];
  revocations: Pending;
  customers: PendingCustomers;
  incidents: Incident[];
  auditCheck: AuditCheck | null;
  /** Null without KUNACORE_CONTRACT. */
  contract: { host: string; checkedAt: Date; differences: ContractDifference[] } | null;
  /** Of this process: endpoints that it does not call at the moment. */
  circuits: string[];
  /** Of this process: when the last round of the reconciler ended. */
  lastRound: Date | null;
}

const INCIDENTS = 20;

/** Reads the state of the integration, without calling KunaCore. @throws the driver's error. */
export async function readOverview(services: Pick<Services, 'db'>): Promise<Overview> {
  const [calls, revocations, pending, incidents, auditCheck, differences] = await Promise.all([
    lastHour(services),
    pendingRevocations(services, MOST_PENDING + 1),
    pendingCustomers(services),
    listIncidents(services, INCIDENTS),
    lastAuditCheck(services),
    contractDifferences(services),
  ]);
  const file = contractFile();
  return {
    kunacore: reachability(calls.all, incidents),
    ...calls,
    revocations,
    customers: pending,
    incidents,
    auditCheck,
    contract: file && { ...file, differences },
    circuits: openCircuits(),
    lastRound: lastRound().at,
  };
}

function reachability({ calls, lastAnswered }: CallFigures, incidents: Incident[]): Overview['kunacore'] {
  if (incidents.some(({ endedAt }) => endedAt === null)) return 'unreachable';
  if (lastAnswered) return 'reachable';
  return calls > 0 ? 'unreachable' : 'unknown';
}

async function pendingCustomers({ db }: Pick<Services, 'db'>): Promise<PendingCustomers> {
  const isLinked = sql`${customers.state} = 'linked'`;
  const isBehind = sql`${customers.sentVersion} < ${customers.acceptedVersion}`;
  const first = db
    .select({
      creates: sql<boolean>`${customers.state} = 'creating'`.as('creates'),
      updates: sql<boolean>`${isLinked} and ${isBehind}`.as('updates'),
      walletChanges: sql<boolean>`${hasWalletWork(customers)}`.as('wallet_changes'),
      verifications: sql<boolean>`${isLinked} and upper(${customers.verificationStatus}) <> 'ACCEPTED'`.as(
        'verifications',
      ),
    })
    .from(customers)
    .where(hasOpenWork(customers))
    .orderBy(asc(customers.nextAttemptAt))
    .limit(MOST_PENDING + 1)
    .as('first');
  const counted = (column: SQLWrapper) => sql<number>`(count(*) filter (where ${column}))::int`;
  const [row] = await db
    .select({
      more: sql<boolean>`count(*) > ${MOST_PENDING}`,
      creates: counted(first.creates),
      updates: counted(first.updates),
      walletChanges: counted(first.walletChanges),
      verifications: counted(first.verifications),
    })
    .from(first);
  return row ?? { more: false, creates: 0, updates: 0, walletChanges: 0, verifications: 0 };
}
