import { createHmac, randomBytes } from 'node:crypto';
import type { Switches } from './switches';

/** A customer: what KunaCore adds, what a partner has to tell, and what a partner may tell. */
export type Customer = Record<'id' | 'walletId' | 'walletStatus' | 'createdAt', string> &
  Record<'email' | 'firstName' | 'lastName' | 'country' | 'verificationDocumentId' | 'residenceAddress', string> &
  Partial<Record<'phoneNumber' | 'itn' | 'externalId' | 'referralId' | 'comment', string>>;

/** A widget token; `expiresAt` in milliseconds since 1970. */
export type Token = { customer: Customer; userAgent: string; expiresAt: number; opened: boolean; ended: boolean };

/** A widget page that was shown; `bought` keeps a form that is sent twice from buying twice. */
export type Visit = { token: Token; bought: boolean };

/** An operation as the API shows it, apart from the keys that are always null. */
export type Operation = Record<'id' | 'walletId' | 'type' | 'status' | 'createdAt', string> &
  Record<'sourceAsset' | 'targetAsset' | 'sourceAmount' | 'targetAmount', string>;

/** One request to the API or the widget; `body` is parsed JSON or form fields, or the text as it came. */
export type Call = { endpoint: string; query: string; body: unknown; status: number };

/** Everything the server remembers. `accessTokens` maps a login's JWT to the millisecond at which it expires. */
export type State = {
  customers: Customer[];
  tokens: Map<string, Token>;
  visits: Map<string, Visit>;
  operations: Operation[];
  accessTokens: Map<string, number>;
};

/** What the endpoints and the widget work on; `now` returns milliseconds since 1970. */
export type Core = { switches: Switches; state: State; calls: Call[]; now: () => number };

export function emptyState(): State {
  return { customers: [], tokens: new Map(), visits: new Map(), operations: [], accessTokens: new Map() };
}

/** Returns a fresh id. Ids are documented as strings, so these are on purpose not UUIDs. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(9).toString('base64url')}`;
}

const SIGNING_KEY = randomBytes(32);

/** Returns a signed JWT (RFC 7519, HS256) with this payload. */
export function newJwt(payload: Record<string, unknown>): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', SIGNING_KEY).update(signed).digest('base64url')}`;
}
