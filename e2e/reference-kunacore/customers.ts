import { type Endpoint, endpoint, notFound, Refusal } from './endpoint';
import { type Core, type Customer, newId } from './state';

const REQUIRED = 'email firstName lastName country verificationDocumentId residenceAddress';
const OPTIONAL = 'phoneNumber itn externalId referralId comment';

/** `POST /v2/customer/create`: creates a customer with a wallet, or refuses an e-mail that is taken. */
export const createCustomer: Endpoint = endpoint(REQUIRED, OPTIONAL, (fields, { core }) => {
  checkEmailIsFree(core, fields.email);
  const ids = { id: newId('cus'), walletId: newId('wal') };
  const customer = { ...fields, ...ids, walletStatus: 'Active', createdAt: new Date(core.now()).toISOString() };
  core.state.customers.push(customer);
  return customerResponse(customer);
});

/** `POST /v2/customer/find`, paged in the body. Switches decide the response's shape and the matching. */
export const findCustomers: Endpoint = endpoint(
  '',
  'email walletId phoneNumber fullName comment externalId referralId createdFrom createdTo take skip',
  ({ createdFrom, createdTo, take = 50, skip = 0, ...criteria }, { core }) => {
    const fits = (customer: Customer) => {
      const own: Record<string, string> = { ...customer, fullName: `${customer.firstName} ${customer.lastName}` };
      const matches = ([key, text]: [string, string]) =>
        core.switches.findMatch === 'substring' ? own[key]?.includes(text) : own[key] === text;
      return Object.entries(criteria).every(matches) && isBetween(customer.createdAt, createdFrom, createdTo);
    };
    const found = core.state.customers.filter(fits);
    const items = found.slice(skip, skip + take).map(customerResponse);
    return core.switches.findShape === 'wrapped' ? { total: found.length, items } : items;
  },
);

/** `POST /v2/customer/details`. */
export const customerDetails: Endpoint = endpoint('id', '', ({ id }, { core }) =>
  customerResponse(customerById(core, id)),
);

/** `POST /v2/customer/update`: changes the sent keys, never the customer's or the wallet's id. */
export const updateCustomer: Endpoint = endpoint(
  'id',
  'email phoneNumber firstName lastName comment externalId country verificationDocumentId residenceAddress itn walletStatus',
  (fields, { core }) => {
    const customer = customerById(core, fields.id);
    if (fields.email !== undefined && fields.email !== customer.email) checkEmailIsFree(core, fields.email);
    return customerResponse(Object.assign(customer, fields));
  },
);

/** Returns the customer with this id, or throws the 404. */
export function customerById(core: Core, id: string): Customer {
  const customer = core.state.customers.find((customer) => customer.id === id);
  if (customer === undefined) throw notFound('Customer');
  return customer;
}

/** Returns whether an ISO 8601 time lies between two others, both inclusive and optional. */
export function isBetween(time: string, from?: string, to?: string): boolean {
  const at = Date.parse(time);
  return (from === undefined || at >= Date.parse(from)) && (to === undefined || at <= Date.parse(to));
}

function checkEmailIsFree(core: Core, email: string): void {
  const taken = core.state.customers.some((customer) => customer.email === email);
  if (taken) throw new Refusal(core.switches.duplicateEmail, 'EMAIL_TAKEN', 'A customer with this e-mail exists');
}

// Returns the documented keys in another order, null for unknown values, and some undocumented keys.
function customerResponse(customer: Customer): Record<string, unknown> {
  return {
    loyalty: { tier: null, since: null },
    verificationStatus: 'ACCEPTED',
    walletStatus: customer.walletStatus,
    walletId: customer.walletId,
    externalId: customer.externalId ?? null,
    referralId: customer.referralId ?? null,
    comment: customer.comment ?? null,
    phoneNumber: customer.phoneNumber ?? null,
    lastName: customer.lastName,
    firstName: customer.firstName,
    email: customer.email,
    createdAt: customer.createdAt,
    deletedAt: null,
    id: customer.id,
  };
}
