import { findClaims, sampleCustomers } from '../identity/sample-customers';
import type { Customer } from '../kunacore/state';
import type { World } from './world';

/** A person, as the services of the sandbox know them. */
export interface Person {
  /** The subject at the identity provider; for a person whom only KunaCore knows, the customer's id. */
  key: string;
  name: string;
  email: string;
  note: string;
  customer: Customer | undefined;
  /** The person's sessions at the bank. */
  sessions: number;
}

/** Returns the sample customers, then everyone else who is signed in at the bank or a customer at KunaCore. */
export function allPeople(world: World): Person[] {
  const { customers, state } = world.kunacore;
  const sessions = world.bankSessions.list();
  const signedIn = sessions.map(({ accountId }) => accountId);
  const subjects = new Set([...sampleCustomers.map(({ claims }) => claims.sub), ...signedIn]);
  const known = [...subjects].flatMap((sub): Person[] => {
    const claims = findClaims(sub);
    if (!claims) return [];
    const note = sampleCustomers.find((one) => one.claims === claims)?.note ?? '';
    const count = signedIn.filter((one) => one === sub).length;
    const { name, email } = claims;
    return [{ key: sub, name, email, note, customer: customers.byEmail(email), sessions: count }];
  });
  const shown = new Set(known.map(({ customer }) => customer?.id));
  const others = state.data.customers.filter(({ id }) => !shown.has(id)).map(onlyAtKuna);
  return [...known, ...others];
}

function onlyAtKuna(customer: Customer): Person {
  const { id, firstName, lastName, email } = customer;
  return { key: id, name: `${firstName} ${lastName}`, email, note: '', customer, sessions: 0 };
}
