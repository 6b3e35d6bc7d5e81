import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isWithin, moment } from './dates';
import { ApiError } from './http';
import type { Customer, State } from './state';
import type { Switches } from './switches';

const text = z.string().trim().min(1);
const optional = z.string().nullish();
const country = z.string().regex(/^[A-Z]{2}$/);

const details = {
  email: z.email(),
  firstName: text,
  lastName: text,
  country,
  verificationDocumentId: text,
  residenceAddress: text,
  phoneNumber: optional,
  itn: optional,
  externalId: optional,
  comment: optional,
};

export const createBody = z.strictObject({ ...details, referralId: optional });
const walletStatus = z.enum(['Active', 'Blocked', 'Suspicious']);
export const updateBody = z
  .strictObject({ ...details, walletStatus, status: walletStatus })
  .partial()
  .extend({ id: text });
export const detailsBody = z.strictObject({ id: text });
/** Any text, because the documentation does not list every status and clients must accept unknown ones. */
export const decisionBody = z.strictObject({ verificationStatus: text, walletStatus: text }).partial();
const term = z.string().optional();
export const findBody = z.strictObject({
  email: term,
  walletId: term,
  phoneNumber: term,
  fullName: term,
  comment: term,
  externalId: term,
  referralId: term,
  createdFrom: moment.optional(),
  createdTo: moment.optional(),
  take: z.number().int().min(1).max(100).optional(),
  skip: z.number().int().min(1).optional(),
});

/** The customers of the institution, and those that Kuna verified itself. */
export class Customers {
  constructor(private readonly state: State) {}

  /** Creates a customer. @throws ApiError for a duplicate e-mail, with the switch's status. */
  create(input: z.infer<typeof createBody>, byKuna = false): Customer {
    this.#refuseDuplicate(input.email);
    const { verification } = this.state.switches;
    const customer: Customer = {
      phoneNumber: null,
      itn: null,
      externalId: null,
      referralId: null,
      comment: null,
      ...withoutUndefined(input),
      id: randomUUID(),
      walletId: randomUUID(),
      createdAt: new Date(this.state.now()).toISOString(),
      verificationStatus: verification === 'accepted' ? 'ACCEPTED' : 'PENDING',
      walletStatus: 'Active',
      blockedByKuna: false,
      byKuna,
    };
    this.state.data.customers.push(customer);
    this.state.changed();
    return customer;
  }

  /** Returns a customer by id. @throws ApiError 404 */
  byId(id: string): Customer {
    const found = this.state.data.customers.find((customer) => customer.id === id);
    if (!found) throw new ApiError(404, 'CUSTOMER_NOT_FOUND', 'There is no such customer');
    return found;
  }

  exists(id: string): boolean {
    return this.state.data.customers.some((customer) => customer.id === id);
  }

  byEmail(email: string): Customer | undefined {
    return this.state.data.customers.find((customer) => customer.email.toLowerCase() === email.toLowerCase());
  }

  byWallet(walletId: string): Customer {
    const found = this.state.data.customers.find((customer) => customer.walletId === walletId);
    if (!found) throw new ApiError(404, 'WALLET_NOT_FOUND', 'There is no such wallet');
    return found;
  }

  /** Changes a customer. @throws ApiError 404, the switch's status for a block that Kuna set, or as `create`. */
  update({ id, walletStatus, status, ...others }: z.infer<typeof updateBody>): Customer {
    const customer = this.byId(id);
    const changes = { ...others, ...this.#walletStatus(customer, { walletStatus, status }) };
    if (changes.email && changes.email.toLowerCase() !== customer.email.toLowerCase())
      this.#refuseDuplicate(changes.email);
    Object.assign(customer, withoutUndefined(changes));
    this.state.changed();
    return customer;
  }

  /** Sets a status as Kuna, not as the partner. @throws ApiError 404 */
  decide(id: string, { verificationStatus, walletStatus }: z.infer<typeof decisionBody>): Customer {
    const customer = this.byId(id);
    if (verificationStatus !== undefined) customer.verificationStatus = verificationStatus;
    if (walletStatus !== undefined) {
      customer.walletStatus = walletStatus;
      customer.blockedByKuna = walletStatus !== 'Active';
    }
    this.state.changed();
    return customer;
  }

  /** Returns all matches, oldest first. */
  find({ createdFrom, createdTo, fullName, ...fields }: Omit<z.infer<typeof findBody>, 'take' | 'skip'>): Customer[] {
    const matches = this.state.switches.findMatch === 'exact' ? equals : includes;
    const criteria = Object.entries(fields).filter(([, value]) => value !== undefined) as [keyof Customer, string][];
    return this.state.data.customers.filter(
      (customer) =>
        criteria.every(([name, value]) => matches(String(customer[name] ?? ''), value)) &&
        (fullName === undefined || matches(`${customer.firstName} ${customer.lastName}`, fullName)) &&
        isWithin(Date.parse(customer.createdAt), createdFrom, createdTo),
    );
  }

  /** Returns the wallet status to set, if any. @throws ApiError for the other key, or a block that Kuna set. */
  #walletStatus(customer: Customer, sent: Partial<Record<Switches['walletStatusKey'], string>>) {
    const { kunasBlock, walletStatusKey } = this.state.switches;
    const other = walletStatusKey === 'status' ? 'walletStatus' : 'status';
    if (sent[other]) throw new ApiError(400, 'VALIDATION_ERROR', `Check ${other}`);
    const walletStatus = sent[walletStatusKey];
    if (!walletStatus || !customer.blockedByKuna || walletStatus === customer.walletStatus) return { walletStatus };
    if (kunasBlock === 'ignored') return {};
    throw new ApiError(kunasBlock, 'BLOCKED_BY_KUNA', 'Kuna set this wallet status');
  }

  #refuseDuplicate(email: string): void {
    if (this.byEmail(email)) {
      throw new ApiError(this.state.switches.duplicateEmail, 'EMAIL_EXISTS', 'A customer with this e-mail exists');
    }
  }
}

/** Returns the API's form of a customer: the documented keys and, as in a real API, some undocumented ones. */
export function customerView(customer: Customer): object {
  const { id, email, walletId, phoneNumber, firstName, lastName, comment, externalId, createdAt, referralId } =
    customer;
  const { verificationStatus, walletStatus } = customer;
  const documented = {
    id,
    email,
    walletId,
    phoneNumber,
    firstName,
    lastName,
    comment,
    externalId,
    createdAt,
    referralId,
  };
  return { ...documented, verificationStatus, walletStatus, riskGroup: null, schemaVersion: 7 };
}

function equals(value: string, expected: string): boolean {
  return value.toLowerCase() === expected.toLowerCase();
}

function includes(value: string, expected: string): boolean {
  return value.toLowerCase().includes(expected.toLowerCase());
}

function withoutUndefined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T;
}
