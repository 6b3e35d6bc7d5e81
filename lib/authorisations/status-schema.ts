// Shared by the route and by the pages that poll it.
import { z } from 'zod';

const authorisationStatus = z.discriminatedUnion('state', [
  /** This browser has shown no token yet. */
  z.object({ state: z.literal('none') }),
  z.object({ state: z.literal('live') }),
  /** The token expires within minutes. */
  z.object({ state: z.literal('expiring'), inSeconds: z.number() }),
  /** Past its `exp`. Whether Kuna lets a purchase in progress finish is up to Kuna. */
  z.object({ state: z.literal('expired') }),
  /** Ended by a person, here or elsewhere, or by the institution. */
  z.object({ state: z.literal('ended') }),
]);

/** Tells whether the widget that the buy page shows may still be used. */
export type AuthorisationStatus = z.infer<typeof authorisationStatus>;

/** The response of GET /api/account/status. */
export const accountStatus = z.discriminatedUnion('session', [
  z.object({ session: z.literal('live'), customer: z.string(), authorisation: authorisationStatus }),
  z.object({ session: z.literal('over') }),
]);
export type AccountStatus = z.infer<typeof accountStatus>;
