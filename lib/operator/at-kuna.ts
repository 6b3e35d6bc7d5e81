import 'server-only';
import { brand } from '@/lib/brand/brand';
import type { Details } from '@/lib/customers/detail-fields';
import type { Customer } from '@/lib/kunacore/customers';
import { KunaCoreError } from '@/lib/kunacore/errors';
import type { Services } from '@/lib/services';
import { noFilter } from '@/lib/wallet/filter-schema';
import { readHoldings } from '@/lib/wallet/holdings';
import type { Holdings } from '@/lib/wallet/holdings-schema';
import { findOperations } from '@/lib/wallet/operations';
import type { Operation } from '@/lib/wallet/operations-schema';
import type { CustomerFile } from './customers';
import { fullName } from './name';

/** What KunaCore says about a customer now. A part is null when KunaCore did not answer. */
export interface AtKuna {
  operations: Operation[] | null;
  balances: Holdings['balances'] | null;
  customer: Customer | null;
}

/** Asks KunaCore about a linked customer: the last 20 operations, balances, and its own record. */
export async function readAtKuna(services: Services, customerId: string, walletId: string): Promise<AtKuna> {
  const [page, holdings, customer] = await Promise.all([
    orNull(findOperations(services, walletId, noFilter, 0)),
    orNull(readHoldings(services, walletId, brand.currency)),
    orNull(services.kunacore.getCustomer(customerId)),
  ]);
  return { operations: page?.operations ?? null, balances: holdings?.balances ?? null, customer };
}

/** Returns KunaCore's records with this address, which a conflict is about, or null when KunaCore did not answer. */
export async function findRivals({ kunacore }: Services, email: string): Promise<Customer[] | null> {
  const found = await orNull(kunacore.findCustomers({ email }));
  return found?.filter((customer) => customer.email?.toLowerCase() === email.toLowerCase()) ?? null;
}

/** The facts that the portal and KunaCore both hold. */
export const COMPARED = ['name', 'email', 'phoneNumber', 'verificationStatus', 'walletStatus'] as const;

/** One fact on both sides. */
export interface Compared {
  fact: (typeof COMPARED)[number];
  ours: string | null;
  kunas: string | null;
  differs: boolean;
}

/** Compares what the portal holds with KunaCore's record. What one side does not say is no difference, nor is case. */
export function compare(file: CustomerFile, stored: Details | null, kunas: Customer): Compared[] {
  const pairs = {
    name: [fullName(stored ?? undefined), fullName(kunas)],
    email: [file.email, kunas.email ?? null],
    phoneNumber: [stored?.phoneNumber || null, kunas.phoneNumber ?? null],
    verificationStatus: [file.verificationStatus, kunas.verificationStatus ?? null],
    walletStatus: [file.walletStatus, kunas.walletStatus ?? null],
  } satisfies Record<Compared['fact'], [string | null, string | null]>;
  return COMPARED.map((fact) => {
    const [ours, theirs] = pairs[fact] as [string | null, string | null];
    const differs = ours !== null && theirs !== null && ours.toLowerCase() !== theirs.toLowerCase();
    return { fact, ours, kunas: theirs, differs };
  });
}

async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof KunaCoreError) return null;
    throw error;
  }
}
