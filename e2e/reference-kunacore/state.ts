import { createHmac, randomBytes } from 'node:crypto';
import type { Switches } from './switches';

/** A customer: KunaCore's own fields, the partner's required ones, and the optional ones. */
export type Customer = Record<'id' | 'walletId' | 'walletStatus' | 'createdAt', string> &
  Record<'email' | 'firstName' | 'lastName' | 'country' | 'verificationDocumentId' | 'residenceAddress', string> &
  Partial<Record<'phoneNumber' | 'itn' | 'externalId' | 'referralId' | 'comment', string>>;

/** A widget token; `expiresAt` in milliseconds since 1970. */
export type Token = { customer: Customer; userAgent: string; expiresAt: number; opened: boolean; ended: boolean };

/** A widget page that was shown. `bought` prevents a second purchase by a repeated form. */
export type Visit = { token: Token; bought: boolean };

/** An operation as the API returns it, without the keys that are always null. */
export type Operation = Record<'id' | 'walletId' | 'type' | 'status' | 'createdAt', string> &
  Record<'sourceAsset' | 'targetAsset' | 'sourceAmount' | 'targetAmount', string>;

/** One request to the API or the widget. `body` is parsed JSON, form fields, or the raw text. */
export type Call = { endpoint: string; query: string; body: unknown; status: number };

/** The server's whole state. `accessTokens` maps a login's JWT to its expiry in milliseconds. */
export type State = {
  customers: Customer[];
  tokens: Map<string, Token>;
  visits: Map<string, Visit>;
  operations: Operation[];
  accessTokens: Map<string, number>;
};

/** The context of endpoints and widget. `now` returns milliseconds since 1970. */
export type Core = { switches: Switches; state: State; calls: Call[]; now: () => number };

export function emptyState(): State {
  return { customers: [], tokens: new Map(), visits: new Map(), operations: [], accessTokens: new Map() };
}

/** Returns a new id. It is not a UUID on purpose, because ids are documented as strings. */
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
