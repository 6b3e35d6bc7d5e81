import { z } from 'zod';
import type { Deadlines } from './deadlines';
import { MalformedAnswerError } from './errors';
import type { Sender } from './sender';
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

/** What the verification of a person has found. `country` is ISO 3166-1 alpha-2. */
interface VerificationDetails {
  firstName: string;
  lastName: string;
  country: string;
  /** Number of the document the person was verified with. */
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

/** What may change: anything but the two ids. */
export type CustomerChanges = Partial<Omit<NewCustomer, 'referralId'> & { walletStatus: string }>;

/** Whom to look for; all that is given must fit. */
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
  /** Documented as "1 - …": 0 is the first page, which is asked for without it. */
  skip?: number;
}

/** The endpoints under /v2/customer/. All throw a KunaCoreError. */
export function customerEndpoints({ once, twice }: Sender, deadlines: Deadlines) {
  const { create, update, read: reading } = deadlines;

  return {
    /**
     * Creates a customer with a wallet: POST /v2/customer/create. There is no idempotency key: after an error whose
     * `mayHaveHappened` is true, look with `findCustomers` before trying again. A duplicate e-mail is a RejectedError.
     */
    async createCustomer(input: NewCustomer): Promise<Customer> {
      const answer = await once({ method: 'POST', path: '/v2/customer/create', body: input, deadline: create });
      return expectOurs(answer.endpoint, read(answer, customer), input);
    },

    /**
     * Finds customers: POST /v2/customer/find. Whether a part of a value matches too is not documented: compare the
     * rows.
     */
    async findCustomers({ skip, ...search }: CustomerSearch): Promise<Customer[]> {
      const body = skip ? { ...search, skip } : search;
      const answer = await twice({ method: 'POST', path: '/v2/customer/find', body, deadline: reading });
      return read(answer, list(customer));
    },

    /** One customer: POST /v2/customer/details. */
    async getCustomer(customerId: string): Promise<Customer> {
      const body = { id: customerId };
      const answer = await twice({ method: 'POST', path: '/v2/customer/details', body, deadline: reading });
      const found = read(answer, customer);
      if (found.id !== customerId) throw new MalformedAnswerError(answer.endpoint, 'another customer');
      return found;
    },

    /** Changes a customer: POST /v2/customer/update. What a good answer holds is not documented. */
    async updateCustomer(customerId: string, changes: CustomerChanges): Promise<void> {
      const body = { ...changes, id: customerId };
      acknowledge(await once({ method: 'POST', path: '/v2/customer/update', body, deadline: update }));
    },
  };
}

/** An answer that belongs to another request must not link somebody else's customer, who may have no externalId. */
function expectOurs(endpoint: string, found: Customer, { externalId, email }: NewCustomer): Customer {
  const otherId = found.externalId !== undefined && found.externalId !== externalId;
  const otherEmail = found.email !== undefined && found.email.toLowerCase() !== email.toLowerCase();
  if (otherId || otherEmail) throw new MalformedAnswerError(endpoint, 'another customer');
  return found;
}
