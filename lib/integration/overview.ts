import 'server-only';
import { sql } from 'drizzle-orm';
import { type Pending, pendingRevocations } from '@/lib/authorisations/revoke';
import { customers, hasOpenWork, hasWalletWork } from '@/lib/db/schema';
import { openCircuits, type Services } from '@/lib/services';
import { type AuditCheck, lastAuditCheck } from './audit-check';
import { type CallFigures, lastHour } from './calls';
import { type Incident, listIncidents } from './incidents';
import { lastRound } from './last-round';

/** Customers with work that KunaCore has not confirmed. */
interface PendingCustomers {
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
  /** Of this process: endpoints that it does not call at the moment. */
  circuits: string[];
  /** Of this process: when the last round of the reconciler ended. */
  lastRound: Date | null;
}

const INCIDENTS = 20;

/** Reads the state of the integration, without calling KunaCore. @throws the driver's error. */
export async function readOverview(services: Pick<Services, 'db'>): Promise<Overview> {
  const [calls, revocations, pending, incidents, auditCheck] = await Promise.all([
    lastHour(services),
    pendingRevocations(services),
    pendingCustomers(services),
    listIncidents(services, INCIDENTS),
    lastAuditCheck(services),
  ]);
  return {
    kunacore: reachability(calls.all, incidents),
    ...calls,
    revocations,
    customers: pending,
    incidents,
    auditCheck,
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
  const counted = (condition: ReturnType<typeof sql>) => sql<number>`(count(*) filter (where ${condition}))::int`;
  const [row] = await db
    .select({
      creates: counted(sql`${customers.state} = 'creating'`),
      updates: counted(sql`${isLinked} and ${isBehind}`),
      walletChanges: counted(hasWalletWork(customers)),
      verifications: counted(sql`${isLinked} and upper(${customers.verificationStatus}) <> 'ACCEPTED'`),
    })
    .from(customers)
    .where(hasOpenWork(customers));
  return row ?? { creates: 0, updates: 0, walletChanges: 0, verifications: 0 };
}
