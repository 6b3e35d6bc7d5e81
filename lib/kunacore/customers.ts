import { z } from 'zod';
import type { Deadlines } from './deadlines';
import { MalformedResponseError } from './errors';
import type { Send } from './sender';
import { acknowledge, id, list, optionalText, read } from './wire';

const customer = z.object({
  id,
  walletId: id,
  email: optionalText,
  externalId: optionalText,
  phoneNumber: optionalText,
  firstName: optionalText,
  lastName: optionalText,
  comment: optionalText,
  referralId: optionalText,
  createdAt: optionalText,
  /** Documented value: ACCEPTED. Others are passed on as they are. */
  verificationStatus: optionalText,
  /** Documented values: Active, Blocked, Suspicious. */
  walletStatus: optionalText,
});

/** A customer at KunaCore. Its id and wallet id never change. */
export type Customer = z.infer<typeof customer>;

/** Verified details of a person. `country` is ISO 3166-1 alpha-2. */
interface VerificationDetails {
  firstName: string;
  lastName: string;
  country: string;
  /** Number of the verification document. */
  verificationDocumentId: string;
  /** One line of text. */
  residenceAddress: string;
  /** International format, `+380991234567`. */
  phoneNumber?: string;
  /** Individual taxpayer number. */
  itn?: string;
}

/** A new customer. The e-mail address is unique at KunaCore; `externalId` is the customer's name on our side. */
export interface NewCustomer extends VerificationDetails {
  email: string;
  externalId: string;
  referralId?: string;
  comment?: string;
}

/** Everything but the two ids can change. */
export type CustomerChanges = Partial<Omit<NewCustomer, 'referralId'> & { walletStatus: string }>;

/** Search criteria; all that are given must match. */
export interface CustomerSearch {
  email?: string;
  walletId?: string;
  phoneNumber?: string;
  fullName?: string;
  comment?: string;
  externalId?: string;
  referralId?: string;
  createdFrom?: string;
  createdTo?: string;
  take?: number;
  /** Documented as "1 - …": the first page, 0, is requested without it. */
  skip?: number;
}

/** The endpoints under /v2/customer/. All throw a KunaCoreError. */
export function customerEndpoints(send: Send, deadlines: Deadlines) {
  const { create, update, read: reading } = deadlines;
  const post = (path: string, body: object, deadline: number) => ({ method: 'POST', path, body, deadline }) as const;

  return {
    /**
     * Creates a customer with a wallet: POST /v2/customer/create. There is no idempotency key: after an error whose
     * `mayHaveHappened` is true, look with `findCustomers` before trying again. A duplicate e-mail is a RejectedError.
     */
    async createCustomer(input: NewCustomer): Promise<Customer> {
      const response = await send(post('/v2/customer/create', input, create));
      return expectOurs(response.endpoint, read(response, customer), input);
    },

    /** Finds customers: POST /v2/customer/find. Partial matches are not documented: compare the rows. */
    async findCustomers({ skip, ...search }: CustomerSearch): Promise<Customer[]> {
      const body = skip ? { ...search, skip } : search;
      return read(await send(post('/v2/customer/find', body, reading), { retry: true }), list(customer));
    },

    /** Returns one customer: POST /v2/customer/details. */
    async getCustomer(customerId: string): Promise<Customer> {
      const response = await send(post('/v2/customer/details', { id: customerId }, reading), { retry: true });
      const found = read(response, customer);
      if (found.id !== customerId) throw new MalformedResponseError(response.endpoint, 'another customer');
      return found;
    },

    /** Changes a customer: POST /v2/customer/update. The contents of the response are not documented. */
    async updateCustomer(customerId: string, changes: CustomerChanges): Promise<void> {
      acknowledge(await send(post('/v2/customer/update', { ...changes, id: customerId }, update)));
    },
  };
}

/** Guards against a response meant for another request: it must not link another customer, who may have no externalId. */
function expectOurs(endpoint: string, found: Customer, { externalId, email }: NewCustomer): Customer {
  const otherId = found.externalId !== undefined && found.externalId !== externalId;
  const otherEmail = found.email !== undefined && found.email.toLowerCase() !== email.toLowerCase();
  if (otherId || otherEmail) throw new MalformedResponseError(endpoint, 'another customer');
  return found;
}
