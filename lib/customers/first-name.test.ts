import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { users } from '@/lib/db/schema';
import { addCustomer, DETAILS, usePortal } from '@/tests/portal';
import { firstNameOf } from './first-name';
import { savePrefill } from './prefill';

const { portal } = usePortal();

async function claimsOf(userId: string): Promise<string | null> {
  const [row] = await portal.services.db.select().from(users).where(eq(users.id, userId));
  return row?.claimsSealed ?? null;
}

test('is the identity provider’s, else that of the details, else none', async () => {
  const { id: userId } = await addCustomer(portal.services);
  expect(await firstNameOf(portal.services, { userId, claimsSealed: null })).toBe(DETAILS.firstName);
  await savePrefill(portal.services, userId, { firstName: 'Оленка' });
  expect(await firstNameOf(portal.services, { userId, claimsSealed: await claimsOf(userId) })).toBe('Оленка');
  await savePrefill(portal.services, userId, { firstName: '\u200b' });
  expect(await firstNameOf(portal.services, { userId, claimsSealed: await claimsOf(userId) })).toBe(DETAILS.firstName);
  const stranger = { userId: crypto.randomUUID(), claimsSealed: null };
  expect(await firstNameOf(portal.services, stranger)).toBeNull();
});
