import { randomUUID } from 'node:crypto';
import type { KunaCoreClient } from '@/lib/kunacore/client';
import type { Customer, NewCustomer } from '@/lib/kunacore/customers';
import { RejectedError, TimeoutError, UnreachableError } from '@/lib/kunacore/errors';
import { Secret } from '@/lib/kunacore/secret';
import type { World } from './world';

/** What becomes of one call. */
export const FATES = [
  'fine',
  /** No connection: nothing happened. */
  'refused',
  /** The request arrived; the response was lost. */
  'response-lost',
  /** The request did not arrive, and the portal cannot know it. */
  'request-lost',
  /** The response is lost, and the request arrives later. */
  'late',
  /** 503, not carried out. */
  'unavailable',
  /** 500, carried out all the same. */
  'error-after',
] as const;
export type Fate = (typeof FATES)[number];

/** A token as KunaCore knows it. */
export interface IssuedToken {
  value: string;
  customerId: string;
  issuedAt: number;
  /** When it was revoked, in the order of events; undefined while it is valid. */
  revokedAt?: number;
}

/** KunaCore as documented, with every fate a call can meet. It outlives the portals. */
export class SimulatedKunaCore {
  readonly customers: Customer[] = [];
  readonly tokens: IssuedToken[] = [];
  /** Fates of the next calls, in order; afterwards all are fine. */
  readonly fates: Fate[] = [];
  /** Wallets that Kuna blocks itself, by customer. What the partner set is below it. */
  readonly blockedByKuna = new Set<string>();
  /** No call arrives. */
  down = false;

  constructor(private readonly world: World) {}

  /** A client for one portal instance, whose gates it waits at. */
  clientFor(gate: World['gate']): KunaCoreClient {
    const call = <T>(endpoint: string, carryOut: () => T, about?: string, body?: object) =>
      this.#call(gate, { endpoint, about, body, carryOut });
    return {
      createCustomer: (input: NewCustomer) =>
        call('/v2/customer/create', () => this.#create(input), input.externalId, input),
      findCustomers: (search: Partial<Customer>) =>
        call('/v2/customer/find', () => {
          this.world.record('find', search);
          return this.customers.filter((customer) => fits(customer, search)).map((customer) => ({ ...customer }));
        }),
      getCustomer: (id: string) =>
        call('/v2/customer/details', () => ({ ...this.#customer(id), walletStatus: this.walletStatus(id) })),
      updateCustomer: (id: string, changes: Partial<Customer>) =>
        call('/v2/customer/update', () => this.#update(id, changes), undefined, changes),
      issueToken: async ({ customerId, userAgent }: { customerId: string; userAgent: string }) => {
        const issued = await call('/v2/ramp/token', () => this.#issue(customerId));
        this.world.record('token-returned', { token: issued.token.reveal(), userAgent });
        return issued;
      },
      invalidate: (customerId: string) => call('/v2/ramp/invalidate', () => this.invalidate(customerId)),
    } as unknown as KunaCoreClient;
  }

  /** Also what Kuna's own operator may do at any time. */
  invalidate(customerId: string): void {
    this.#customer(customerId);
    const at = this.world.record('invalidate', { customerId });
    for (const token of this.tokens) if (token.customerId === customerId) token.revokedAt ??= at;
  }

  /** The wallet's status, as everyone sees it. */
  walletStatus(customerId: string): string {
    return this.blockedByKuna.has(customerId) ? 'Blocked' : (this.#customer(customerId).walletStatus ?? 'Active');
  }

  #update(id: string, changes: Partial<Customer>): void {
    const customer = this.#customer(id);
    if (changes.walletStatus && this.blockedByKuna.has(id))
      throw new RejectedError('/v2/customer/update', 403, undefined, undefined);
    const { email: emailBefore, externalId: externalIdBefore } = customer;
    this.world.record('update', { customerId: id, ...changes, emailBefore, externalIdBefore });
    Object.assign(customer, changes);
  }

  /** A customer that no portal created. */
  addStranger(email: string): void {
    this.customers.push(newCustomer({ email, externalId: randomUUID() } as NewCustomer));
  }

  async #call<T>(gate: World['gate'], { endpoint, about, body, carryOut }: Call<T>): Promise<T> {
    const sent = this.world.record('call', { endpoint, about, body });
    const deadline = this.world.time + DEADLINE_MS;
    const inTime = () => this.world.time <= deadline;
    const timeout = { error: new TimeoutError(endpoint, DEADLINE_MS) };
    let response = timeout as Outcome<T>;
    await gate(`→ ${endpoint}`, () => {
      // A caller that was stopped gives up before the request is on its way.
      if (inTime()) response = this.#meet(this.down ? 'refused' : (this.fates.shift() ?? 'fine'), endpoint, carryOut);
    });
    // The response travels: a portal that dies meanwhile never receives it.
    await gate(`← ${endpoint}`, () => {
      if (!inTime()) response = timeout;
    });
    this.world.record('response', {
      endpoint,
      sent,
      mayHaveHappened: 'error' in response && mayHaveHappened(response.error),
    });
    if ('error' in response) throw response.error;
    return response.value;
  }

  #meet<T>(fate: Fate, endpoint: string, carryOut: () => T): Outcome<T> {
    switch (fate) {
      case 'fine':
        return outcomeOf(carryOut);
      case 'refused':
        return { error: new UnreachableError(endpoint, 'ECONNREFUSED', false) };
      case 'response-lost':
        outcomeOf(carryOut);
        return { error: new TimeoutError(endpoint, DEADLINE_MS) };
      case 'request-lost':
        return { error: new TimeoutError(endpoint, DEADLINE_MS) };
      case 'late':
        // Other calls that arrive after their deadline look like new ones (docs/guarantees.md).
        if (endpoint === '/v2/customer/create')
          void this.world.gate(`late ${endpoint}`, () => void outcomeOf(carryOut));
        return { error: new TimeoutError(endpoint, DEADLINE_MS) };
      case 'unavailable':
        return { error: new RejectedError(endpoint, 503, undefined, undefined) };
      case 'error-after':
        outcomeOf(carryOut);
        return { error: new RejectedError(endpoint, 500, undefined, undefined) };
    }
  }

  #create(input: NewCustomer): Customer {
    if (this.customers.some(({ email }) => email === input.email)) {
      throw new RejectedError('/v2/customer/create', 409, undefined, undefined);
    }
    const customer = newCustomer(input);
    this.customers.push(customer);
    this.world.record('created', { customerId: customer.id, ...input });
    return { ...customer };
  }

  #issue(customerId: string): { token: Secret; expiresAt: Date | null; names: Record<string, string> } {
    if (this.walletStatus(customerId) !== 'Active')
      throw new RejectedError('/v2/ramp/token', 403, undefined, undefined);
    const value = `token-${randomUUID()}`;
    this.tokens.push({ value, customerId, issuedAt: this.world.record('issued', { customerId }) });
    return { token: new Secret(value), expiresAt: null, names: { id: customerId } };
  }

  #customer(id: string): Customer {
    const customer = this.customers.find((candidate) => candidate.id === id);
    if (!customer) throw new RejectedError('/v2', 404, undefined, undefined);
    return customer;
  }
}

/** Longest deadline of a call (lib/kunacore/deadlines.ts). */
const DEADLINE_MS = 10_000;

type Outcome<T> = { value: T } | { error: unknown };

interface Call<T> {
  endpoint: string;
  /** Whom a create is about. */
  about: string | undefined;
  /** What a create or an update contains. */
  body: object | undefined;
  carryOut: () => T;
}

function newCustomer(input: NewCustomer): Customer {
  const id = randomUUID();
  const state = { verificationStatus: 'ACCEPTED', walletStatus: 'Active', createdAt: undefined };
  return { ...input, id, walletId: `wallet-${id}`, ...state } as Customer;
}

function fits(customer: Customer, search: Partial<Customer>): boolean {
  return Object.entries(search).every(([key, value]) => customer[key as keyof Customer] === value);
}

function outcomeOf<T>(carryOut: () => T): Outcome<T> {
  try {
    return { value: carryOut() };
  } catch (error) {
    return { error };
  }
}

function mayHaveHappened(error: unknown): boolean {
  return (error as { mayHaveHappened?: boolean }).mayHaveHappened === true;
}
