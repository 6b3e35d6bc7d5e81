import { z } from 'zod';
import { findClaims } from '../identity/sample-customers';
import { faultSchema } from '../kunacore/faults';
import { ApiError } from '../kunacore/http';
import { switchesSchema } from '../kunacore/switches';
import { firstRecords, recordOf } from '../kyc/people';
import { switchNames, switchValue } from './answers-page';
import { PRESETS } from './failures';
import { KYC_MODES } from './failures-page';
import { VERIFICATION, WALLET } from './people-page';
import type { World } from './world';

/** Where a button leads afterwards, and the sentence shown there. */
export interface Done {
  to: string;
  notice: string;
}

type Action = (world: World, fields: Record<string, string>) => Promise<Done> | Done;

const oneOf = (list: { value: string }[]) => z.enum(list.map(({ value }) => value) as [string, ...string[]]);
/** An id or a subject, which becomes a part of an address. */
const key = z.string().regex(/^[\w-]+$/);
const outcome = z.enum(['Processing', 'OnHold', 'Completed', 'Declined']);

/** What each button of the console does, by the path that it posts to. */
export const ACTIONS: Record<string, Action> = {
  '/people/verification': action({ id: key, key, status: oneOf(VERIFICATION) }, ({ kunacore }, { id, key, status }) => {
    kunacore.customers.decide(id, { verificationStatus: status });
    return { to: `/#${key}`, notice: 'Kuna’s verification is changed.' };
  }),
  '/people/wallet': action({ id: key, key, status: oneOf(WALLET) }, ({ kunacore }, { id, key, status }) => {
    kunacore.customers.decide(id, { walletStatus: status });
    return { to: `/#${key}`, notice: 'The wallet status is changed.' };
  }),
  '/people/tokens': action({ id: key, key }, ({ kunacore }, { id, key }) => {
    kunacore.tokens.invalidate(id);
    return { to: `/#${key}`, notice: 'The tokens are ended. An open widget says so at the next step.' };
  }),
  '/people/foreign': action({ key }, ({ kunacore }, { key }) => {
    const claims = findClaims(key);
    if (!claims) throw new ApiError(404, 'UNKNOWN_PERSON', 'There is no such person');
    kunacore.customers.create({
      email: claims.email,
      firstName: claims.given_name,
      lastName: claims.family_name,
      country: claims.address?.country ?? 'UA',
      verificationDocumentId: 'OTHER-SYSTEM-1',
      residenceAddress: claims.address?.formatted ?? 'Unknown',
      externalId: 'another-system',
    });
    return {
      to: `/#${key}`,
      notice: 'Another system’s customer has this e-mail address. The portal will find a conflict.',
    };
  }),
  '/people/kyc': action({ key, record: z.enum(['known', 'unknown']) }, ({ kyc }, { key, record }) => {
    const claims = findClaims(key);
    if (record === 'unknown' || !claims) kyc.records.delete(key);
    else kyc.records.set(key, firstRecords().get(key) ?? recordOf(claims));
    return { to: `/#${key}`, notice: 'The bank’s record is changed. The portal asks again at the next sign-in.' };
  }),
  '/people/session': action({ key }, async ({ bankSessions }, { key }) => {
    await bankSessions.end({ accountId: key }, 'session');
    return { to: `/#${key}`, notice: 'The session at the bank is ended, and the portal has been told.' };
  }),
  '/purchases/create': action(
    { customer: key, amount: z.string(), source: z.string(), target: z.string(), outcome },
    ({ kunacore }, { customer, amount, source, target, outcome }) => {
      const { id: session } = kunacore.widgetBackend.openKunaSession(customer);
      const order = { sourceAsset: source, sourceAmount: amount, targetAsset: target };
      const bought = kunacore.widgetBackend.buy(session, kunacore.widgetBackend.quote(session, order).id);
      if (!bought.ok) throw new ApiError(409, 'NOT_BOUGHT', 'The purchase was not made');
      kunacore.operations.decide(bought.operation.id, outcome);
      return { to: `/purchases#${bought.operation.id}`, notice: 'The purchase is created.' };
    },
  ),
  '/purchases/decide': action({ id: key, outcome }, ({ kunacore }, { id, outcome }) => {
    kunacore.operations.decide(id, outcome);
    return { to: `/purchases#${id}`, notice: 'The purchase is changed.' };
  }),
  '/failures/preset': action({ preset: z.enum(Object.keys(PRESETS) as [string]) }, ({ kunacore }, { preset }) => {
    const fault = PRESETS[preset]?.fault;
    kunacore.faults.clear();
    if (fault) kunacore.faults.add(faultSchema.parse(fault));
    return { to: '/failures#kunacore', notice: 'KunaCore’s behaviour is changed.' };
  }),
  '/failures/clock': action({ offset: z.coerce.number().int() }, ({ kunacore }, { offset }) => {
    kunacore.state.clockOffset = offset;
    return { to: '/failures#kunacore', notice: 'KunaCore’s clock is changed.' };
  }),
  '/failures/kyc': action({ mode: oneOf(KYC_MODES) }, ({ kyc }, { mode }) => {
    kyc.manners = { ...kyc.manners, mode: mode as typeof kyc.manners.mode };
    return { to: '/failures#kyc', notice: 'The identity check is changed.' };
  }),
  '/failures/add': action(
    {
      endpoint: z.string().min(1),
      kind: z.string(),
      value: z.string(),
      share: z.coerce.number().min(1).max(100),
      count: z.string(),
    },
    ({ kunacore }, { endpoint, kind, value, share, count }) => {
      const number = value === '' ? undefined : Number(value);
      const own =
        kind === 'delay'
          ? { ms: number ?? 1000 }
          : /^(status|apply-then-fail)$/.test(kind)
            ? { status: number ?? 500 }
            : {};
      const often = count === '' ? {} : { count: Number(count) };
      kunacore.faults.add(faultSchema.parse({ endpoint, kind, probability: share / 100, ...own, ...often }));
      return { to: '/failures#own', notice: 'The fault is added.' };
    },
  ),
  '/answers/set': action({ name: z.enum(switchNames()), value: z.string() }, ({ kunacore }, { name, value }) => {
    kunacore.state.switches = switchesSchema.parse({ ...kunacore.state.switches, [name]: switchValue(name, value) });
    return { to: `/answers#${name}`, notice: 'KunaCore’s answer is changed.' };
  }),
  '/reset': ({ kunacore, kyc }) => {
    kunacore.state.reset();
    kunacore.calls.clear();
    kunacore.faults.clear();
    kyc.reset();
    return { to: '/', notice: 'The sandbox is as at the start. The portal keeps its own data.' };
  },
};

/** Reads the fields of a form before the button does anything. @throws ZodError */
function action<T extends z.ZodRawShape>(
  shape: T,
  run: (world: World, fields: z.output<z.ZodObject<T>>) => Promise<Done> | Done,
): Action {
  const schema = z.object(shape);
  return (world, fields) => run(world, schema.parse(fields));
}
