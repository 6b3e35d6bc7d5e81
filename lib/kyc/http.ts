import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Dispatcher, fetch } from 'undici';
import { z } from 'zod';
import { DETAIL_FIELDS, type DetailField } from '@/lib/customers/detail-fields';
import { canonicalEmail } from '@/lib/email-address';
import { createDispatcher } from '@/lib/network/dispatcher';
import { traced } from '@/lib/telemetry/telemetry';
import { type Finding, findingOf, type KycFields, type KycSource, type KycUser } from './source';
import { usableValues } from './usable';
import { isFuture } from './verified-claims';

export interface HttpSettings {
  url: string;
  /** Sent as `authorization: Bearer`; empty with a client certificate alone. */
  token: string;
  /** PEM of the client certificate, its key, and the authority of the service's certificate; empty where not needed. */
  tls: { cert: string; key: string; ca: string };
  /** The institution's name, as the person reads it. */
  institution: string;
  /** Limits one attempt, from connecting to the last byte. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 3_000;
const PAUSE_MS = 200;
const LARGEST = 64 * 1024;

/** Why the service has no answer that counts; for the log. */
type Reason =
  | 'unreachable'
  | 'timeout'
  | 'status'
  | 'redirect'
  | 'too-large'
  | 'not-json'
  | 'shape'
  | 'other-person'
  | 'fields';

class NoAnswer extends Error {
  constructor(
    readonly reason: Reason,
    readonly facts: { status?: number; fields?: string } = {},
  ) {
    super(reason);
  }
  /** A second attempt may succeed. */
  get isTransient(): boolean {
    return this.reason === 'unreachable' || this.reason === 'timeout' || (this.facts.status ?? 0) >= 500;
  }
}

/** Asks the institution's own service (docs/kyc.md has the contract). */
export function httpSource(settings: HttpSettings, log: Logger): KycSource {
  const { cert, key, ca } = settings.tls;
  const dispatcher = createDispatcher({
    ...(cert && { keyPair: { cert, key } }),
    ...(ca && { authority: ca }),
    connectTimeout: settings.timeoutMs ?? TIMEOUT_MS,
  });
  const attributes = { 'server.address': new URL(settings.url).hostname };
  const ask = (user: KycUser) =>
    traced({ name: 'kuna_portal.kyc_source', kind: 'client', attributes }, () => askOnce(settings, dispatcher, user));
  return {
    name: 'http',
    async find(user) {
      try {
        return await ask(user).catch(async (error: unknown) => {
          if (!(error instanceof NoAnswer && error.isTransient)) throw error;
          await sleep(PAUSE_MS);
          return ask(user);
        });
      } catch (error) {
        const { reason, facts } = error instanceof NoAnswer ? error : new NoAnswer('shape');
        log.error({ event: 'kyc_unavailable', reason, ...facts });
        return { state: 'unavailable' };
      }
    },
  };
}

async function askOnce(settings: HttpSettings, dispatcher: Dispatcher, user: KycUser): Promise<Finding> {
  const { subject, email } = user;
  const signal = AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS);
  try {
    const response = await fetch(settings.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        ...(settings.token && { authorization: `Bearer ${settings.token}` }),
      },
      body: JSON.stringify({ subject, email }),
      signal,
      dispatcher,
    });
    const text = await readText(response.body);
    if (response.status === 404) return { state: 'none' };
    if (response.status >= 300 && response.status < 400) throw new NoAnswer('redirect', { status: response.status });
    if (response.status !== 200) throw new NoAnswer('status', { status: response.status });
    return readAnswer(text, user, settings.institution);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    // Errors of fetch may hold addresses, so they are not passed on.
    throw new NoAnswer(signal.aborted ? 'timeout' : 'unreachable');
  }
}

async function readText(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST) throw new NoAnswer('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const field = z
  .object({ value: z.string(), verifiedAt: z.iso.datetime({ offset: true }).nullish() })
  .refine(({ verifiedAt }) => !isFuture(verifiedAt))
  .nullish();
const answer = z.object({
  subject: z.string().nullish(),
  email: z.string().nullish(),
  source: z.string().trim().min(1).max(100).nullish(),
  fields: z.object(Object.fromEntries(DETAIL_FIELDS.map((name) => [name, field])) as Record<DetailField, typeof field>),
});

/** @throws NoAnswer when the answer breaks the contract: nothing of it counts. */
function readAnswer(text: string, user: KycUser, institution: string): Finding {
  const { data } = answer.safeParse(toJson(text));
  if (!data) throw new NoAnswer('shape');
  if (!isAbout(data, user)) throw new NoAnswer('other-person');
  const given = DETAIL_FIELDS.map((name) => [name, data.fields[name]?.value ?? ''] as const);
  const { values, refused } = usableValues(Object.fromEntries(given));
  if (refused.length > 0) throw new NoAnswer('fields', { fields: refused.join(' ') });
  const from = data.source ?? institution;
  const found: KycFields = {};
  for (const name of DETAIL_FIELDS) {
    const value = values[name];
    const at = data.fields[name]?.verifiedAt ?? null;
    if (value) found[name] = { value, from, verified: at !== null, verifiedAt: at === null ? null : new Date(at) };
  }
  return findingOf(found);
}

/** The answer names the person it is about: by subject, or by address for people whom no provider named. */
function isAbout(found: { subject?: string | null; email?: string | null }, { subject, email }: KycUser): boolean {
  return subject === null ? canonicalEmail(found.email ?? '') === email : found.subject === subject;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoAnswer('not-json');
  }
}
