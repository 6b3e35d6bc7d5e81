// ASVS 5.0: 2.3.1 2.3.4 2.3.5
import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { customers, detailsHistory } from '@/lib/db/schema';
import { withdrawConsent } from '@/lib/privacy/withdraw-consent';
import { reconcile } from '@/lib/server/reconciler';
import type { Services } from '@/lib/services';
import { addUser, customerRow, DETAILS, detailsRow, save, type TestUser, usePortal } from '@/tests/portal';
import { DETAIL_FIELDS } from './detail-fields';
import { storeDetails } from './details';
import { moveAddress } from './move-address';
import { acceptDetails, readReturn, returnDetails } from './review';
import { readCustomerState } from './row';
import { saveDetails } from './save';

const { portal, sandbox } = usePortal();
const CREATE = '/v2/customer/create';
const UPDATE = '/v2/customer/update';
const MOVED = { ...DETAILS, residenceAddress: '2 Khreshchatyk, Kyiv' };
const WHY = { reason: 'mistyped', text: 'The house number, please.' } as const;

/** The portal's services with as many reviewers. */
const reviewedBy = (reviewers: number): Services => ({
  ...portal.services,
  kyc: { ...portal.services.kyc, reviewers },
});

let services: Services;
let user: TestUser;
let [anna, borys] = ['', ''];
beforeEach(async () => {
  services = reviewedBy(1);
  user = await addUser(services);
  [anna, borys] = [randomUUID(), randomUUID()];
});

const newest = async () => (await customerRow(services, user.id)).detailsVersion;
const accept = async (operatorId: string, version?: number) =>
  acceptDetails(services, { operatorId, userId: user.id, version: version ?? (await newest()) });
const giveBack = async (operatorId = anna) =>
  returnDetails(services, { operatorId, userId: user.id, version: await newest() }, WHY);
const state = async () => (await readCustomerState(services, user.id)).state;
/** The addresses that KunaCore was given, in order. */
const sent = async () => [
  ...(await sandbox.calls(CREATE)).map(({ body }) => body.residenceAddress),
  ...(await sandbox.calls(UPDATE)).map(({ body }) => body.residenceAddress),
];
/** A round of the reconciler, as if every pause had passed. */
async function round(): Promise<void> {
  await services.db.update(customers).set({ nextAttemptAt: sql`now()` });
  await reconcile(services);
}

test('KunaCore gets typed details only once an operator has accepted them [T43]', async () => {
  await saveDetails(services, user.id, DETAILS);
  await round();
  expect(await state()).toBe('waiting-for-review');
  expect(await sandbox.calls()).toEqual([]);
  expect(await accept(anna)).toBe('accepted');
  await round();
  expect(await state()).toBe('ready');
  expect(await sent()).toEqual([DETAILS.residenceAddress]);
});

test('without review, KunaCore gets details at once', async () => {
  await saveDetails(portal.services, user.id, DETAILS);
  expect(await state()).toBe('ready');
});

test('details that a source verified need no review, also when it verifies them later', async () => {
  const sources = Object.fromEntries(DETAIL_FIELDS.map((field) => [field, { from: 'bank', verifiedAt: null }]));
  const { documentNumber: _, ...partly } = sources;
  await saveDetails(services, user.id, DETAILS, { sources: partly });
  expect(await state()).toBe('waiting-for-review');
  await saveDetails(services, user.id, DETAILS, { sources, by: 'system' });
  expect(await state()).toBe('ready');
});

test('an edit of a customer waits, and KunaCore keeps what was accepted [T43]', async () => {
  await saveDetails(services, user.id, DETAILS);
  await accept(anna);
  await round();
  await saveDetails(services, user.id, MOVED);
  await round();
  expect(await state()).toBe('ready');
  expect(await sent()).toEqual([DETAILS.residenceAddress]);
  await accept(borys);
  await round();
  expect(await sent()).toEqual([DETAILS.residenceAddress, MOVED.residenceAddress]);
});

test('a change that the person takes back needs no review', async () => {
  await saveDetails(services, user.id, DETAILS);
  await accept(anna);
  await saveDetails(services, user.id, MOVED);
  await saveDetails(services, user.id, DETAILS);
  expect(await customerRow(services, user.id)).toMatchObject({ review: null, acceptedVersion: 3 });
});

test('what was not sent before a withdrawal is not sent after an agreement to other details [T43]', async () => {
  await storeDetails(services, user.id, DETAILS);
  await accept(anna);
  await withdrawConsent(services, user.id);
  await storeDetails(services, user.id, MOVED);
  await round();
  expect(await state()).toBe('waiting-for-review');
  expect(await sandbox.calls()).toEqual([]);
  await accept(anna);
  await round();
  expect(await sent()).toEqual([MOVED.residenceAddress]);
});

test('returned details show the reason, and wait again once they are saved, changed or not', async () => {
  await saveDetails(services, user.id, DETAILS);
  expect(await giveBack()).toBe('returned');
  expect(await state()).toBe('returned');
  expect(await readReturn(services, user.id)).toMatchObject(WHY);
  expect(await accept(borys)).toBe('changed');
  await saveDetails(services, user.id, DETAILS);
  expect(await state()).toBe('waiting-for-review');
  await giveBack();
  await saveDetails(services, user.id, MOVED);
  expect(await accept(borys)).toBe('accepted');
  await round();
  expect(await sent()).toEqual([MOVED.residenceAddress]);
});

test('the version that an operator saw is accepted, and no later one [T43]', async () => {
  await saveDetails(services, user.id, DETAILS);
  const seen = await newest();
  await saveDetails(services, user.id, MOVED);
  expect(await accept(anna, seen)).toBe('changed');
  await round();
  expect(await sandbox.calls()).toEqual([]);
});

test('nobody reviews their own details [T43]', async () => {
  await saveDetails(services, user.id, DETAILS);
  expect(await accept(user.id)).toBe('self');
  expect(await giveBack(user.id)).toBe('self');
  expect(await state()).toBe('waiting-for-review');
});

test('a correction of details that KunaCore rejected waits, and the rejected ones are not sent again', async () => {
  await sandbox.fault({ endpoint: CREATE, kind: 'status', status: 422, count: 1 });
  await saveDetails(services, user.id, DETAILS);
  await accept(anna);
  await round();
  expect(await state()).toBe('rejected');
  await saveDetails(services, user.id, MOVED);
  await round();
  expect(await state()).toBe('waiting-for-review');
  await accept(anna);
  await round();
  expect(await state()).toBe('ready');
  expect(await sent()).toEqual([DETAILS.residenceAddress, MOVED.residenceAddress]);
});

test('a moved address reaches KunaCore with the accepted details while an edit waits', async () => {
  await saveDetails(services, user.id, DETAILS);
  await accept(anna);
  await round();
  await saveDetails(services, user.id, MOVED);
  await giveBack();
  await moveAddress(services, user.id, 'olena.moved@example.test');
  await round();
  expect(await sandbox.customers()).toMatchObject([
    { email: 'olena.moved@example.test', residenceAddress: DETAILS.residenceAddress },
  ]);
  expect(await readReturn(services, user.id)).toMatchObject(WHY);
  await saveDetails(services, user.id, MOVED);
  await accept(borys);
  await round();
  expect(await sandbox.customers()).toMatchObject([
    { email: 'olena.moved@example.test', residenceAddress: MOVED.residenceAddress },
  ]);
});

describe('with four eyes', () => {
  beforeEach(() => {
    services = reviewedBy(2);
  });

  test('two operators must accept; the same one twice counts once [T43]', async () => {
    await saveDetails(services, user.id, DETAILS);
    expect(await accept(anna)).toBe('accepted-first');
    expect(await accept(anna)).toBe('accepted-first');
    await round();
    expect(await sandbox.calls()).toEqual([]);
    expect(await accept(borys)).toBe('accepted');
    await round();
    expect(await state()).toBe('ready');
  });

  test('details that waited before it was switched on need two operators, too', async () => {
    await storeDetails(reviewedBy(1), user.id, DETAILS);
    expect(await accept(anna)).toBe('accepted-first');
    expect(await accept(borys)).toBe('accepted');
  });

  test('an acceptance is for one version', async () => {
    await saveDetails(services, user.id, DETAILS);
    await accept(anna);
    await saveDetails(services, user.id, MOVED);
    expect(await accept(borys)).toBe('accepted-first');
  });
});

describe('an attacker with write access to the database', () => {
  test('cannot have details sent that no operator accepted [T43]', async () => {
    await saveDetails(services, user.id, DETAILS);
    await services.db.update(customers).set({ acceptedVersion: 1, review: null });
    await round();
    expect(await sandbox.calls()).toEqual([]);
  });

  test('cannot invent an acceptance [T43]', async () => {
    await saveDetails(services, user.id, DETAILS);
    const [stored] = await services.db.select().from(detailsHistory).where(eq(detailsHistory.userId, user.id));
    if (!stored) throw new Error('no version');
    const forged = { ...stored, event: 'accepted', actor: `operator:${anna}`, sealed: null } as const;
    await services.db.insert(detailsHistory).values(forged);
    await services.db.update(customers).set({ acceptedVersion: 1, review: null });
    await round();
    expect(await sandbox.calls()).toEqual([]);
  });

  test('cannot lower the number of reviewers [T43]', async () => {
    await saveDetails(services, user.id, DETAILS);
    await services.db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.update(detailsHistory).set({ reviewers: 0 }).where(eq(detailsHistory.userId, user.id));
    });
    await services.db.update(customers).set({ acceptedVersion: 1, review: null });
    await round();
    expect(await sandbox.calls()).toEqual([]);
  });
});

/** What people and operators can do, in any order. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('save'), house: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('accept'),
      by: fc.constantFrom('anna', 'borys', 'self'),
      stale: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant('return') }),
  fc.record({ do: fc.constant('withdraw') }),
  fc.record({ do: fc.constant('move') }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('round') }) },
) as fc.Arbitrary<
  | { do: 'save'; house: number }
  | { do: 'accept'; by: 'anna' | 'borys' | 'self'; stale: boolean }
  | { do: 'return' | 'withdraw' | 'move' | 'round' }
>;
const addressOf = (house: number) => `${house} Sample St, Kyiv`;

test('no order of saves, reviews, withdrawals and moves sends what was not accepted, or anything without consent [T43]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 2 }), fc.array(step, { maxLength: 14 }), async (needed, steps) => {
      await sandbox.reset();
      await portal.empty();
      services = reviewedBy(needed);
      user = await addUser(services);
      const ids = { anna, borys, self: user.id };
      /** The model: who accepted each version, which addresses are accepted, whether the consent is withdrawn. */
      const acceptors = new Map<number, Set<string>>();
      const accepted = new Set<unknown>();
      let [withdrawn, saved] = [false, false];
      for (const one of steps) {
        const before = (await sent()).length;
        const wasWithdrawn = withdrawn;
        if (one.do === 'save') {
          await saveDetails(services, user.id, { ...DETAILS, residenceAddress: addressOf(one.house) });
          [saved, withdrawn] = [true, false];
        } else if (one.do === 'round') await round();
        else if (one.do === 'move') await moveAddress(services, user.id, `${steps.indexOf(one)}.${user.email}`);
        else if (saved && one.do === 'withdraw') withdrawn = (await withdrawConsent(services, user.id)) || withdrawn;
        else if (saved && one.do === 'return') await giveBack();
        else if (saved && one.do === 'accept') {
          const version = (await newest()) - (one.stale ? 1 : 0);
          const outcome = await accept(ids[one.by], version);
          if (outcome.startsWith('accepted')) {
            const operators = acceptors.get(version) ?? new Set();
            acceptors.set(version, operators.add(one.by));
            expect([...operators]).not.toContain('self');
            expect(one.stale).toBe(false);
            expect(outcome).toBe(operators.size >= needed ? 'accepted' : 'accepted-first');
            const { residenceAddress } = await openedDetails();
            if (outcome === 'accepted') accepted.add(residenceAddress);
          }
        }
        const calls = await sent();
        for (const address of calls) expect([...accepted]).toContain(address);
        if (wasWithdrawn && one.do !== 'save') expect(calls).toHaveLength(before);
      }
      // What was accepted last arrives in the end.
      await round();
      const row = await customerRow(services, user.id).catch(() => null);
      if (row?.acceptedVersion && !withdrawn)
        expect(row).toMatchObject({ state: 'linked', sentVersion: row.acceptedVersion });
    }),
    { numRuns: 30 },
  );
});

async function openedDetails() {
  const { residenceAddress } = await detailsRow(services, user.id);
  return { residenceAddress: services.keyring.open(residenceAddress, `details.residenceAddress.${user.id}`) };
}

test('the history keeps what was stored, accepted and handed over', async () => {
  await save(services, user.id, DETAILS);
  await accept(anna);
  await round();
  const rows = await services.db
    .select({ event: detailsHistory.event, actor: detailsHistory.actor })
    .from(detailsHistory)
    .where(and(eq(detailsHistory.userId, user.id), eq(detailsHistory.version, 1)));
  expect(rows.sort((a, b) => a.event.localeCompare(b.event))).toEqual([
    { event: 'accepted', actor: `operator:${anna}` },
    { event: 'handed-over', actor: 'system' },
    { event: 'stored', actor: `user:${user.id}` },
  ]);
});
