import { z } from 'zod';

/** Questions that KunaCore's documentation leaves open. The first value is the default. */
export const switchesSchema = z
  .strictObject({
    newToken: z.enum(['leaves-earlier', 'ends-earlier']),
    secondOpening: z.enum(['accepted', 'refused']),
    otherUserAgent: z.enum(['refused', 'accepted']),
    successCode: z.union([z.literal(201), z.literal(200)]),
    errorBody: z.enum(['errors', 'statusCode', 'text']),
    loginBody: z.enum(['email', 'login']),
    duplicateEmail: z.union([z.literal(409), z.literal(400), z.literal(422)]),
    invalidateWithoutToken: z.enum(['2xx', '404']),
    findShape: z.enum(['array', 'wrapped']),
    findMatch: z.enum(['exact', 'substring']),
    /** The answer when a partner changes a wallet status that Kuna set: refused with this status, or left out. */
    kunasBlock: z.union([z.literal(403), z.literal(409), z.literal(422), z.literal('ignored')]),
    /** The key of the wallet status in an update. */
    walletStatusKey: z.enum(['walletStatus', 'status']),
    /** Bodies are encrypted both ways. Error responses are not. */
    encryption: z.enum(['off', 'on']),
    /** Where the widget shows the bank's page for a card payment. */
    paymentPage: z.enum(['none', 'nested', 'pop-up', 'own-navigation']),
    /** The status of new customers, which is not an open question. */
    verification: z.enum(['accepted', 'pending']),
  })
  .readonly();

export type Switches = z.infer<typeof switchesSchema>;

export const DEFAULT_SWITCHES: Switches = {
  newToken: 'leaves-earlier',
  secondOpening: 'accepted',
  otherUserAgent: 'refused',
  successCode: 201,
  errorBody: 'errors',
  loginBody: 'email',
  duplicateEmail: 409,
  invalidateWithoutToken: '2xx',
  findShape: 'array',
  findMatch: 'exact',
  kunasBlock: 403,
  walletStatusKey: 'walletStatus',
  encryption: 'off',
  paymentPage: 'none',
  verification: 'accepted',
};
