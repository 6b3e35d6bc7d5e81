import type { IncomingHttpHeaders } from 'node:http';
import type { Core } from './state';

/** A refused request, which becomes an error response with this HTTP status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The request data of an endpoint besides its body. */
export type Context = { core: Core; query: URLSearchParams; headers: IncomingHttpHeaders };

/** Takes a parsed JSON body and returns the response's `data`. Throws a Refusal. */
export type Endpoint = (body: unknown, context: Context) => unknown;

type Words<S extends string> = S extends `${infer First} ${infer Rest}`
  ? First | Words<Rest>
  : S extends ''
    ? never
    : S;
type Value<K> = K extends 'assets' ? string[] : K extends 'take' | 'skip' ? number : string;
type Fields<Required extends string, Optional extends string> = { [K in Words<Required>]: Value<K> } & {
  [K in Words<Optional>]?: Value<K>;
};

/**
 * Makes an endpoint that accepts exactly the documented keys, given as a space-separated list. A missing, null or
 * undocumented key, or one of the wrong type, gets 400. A real server may be more lenient.
 */
export function endpoint<Required extends string, Optional extends string>(
  required: Required,
  optional: Optional,
  respond: (fields: Fields<Required, Optional>, context: Context) => unknown,
): Endpoint {
  const needed = required.split(' ').filter(Boolean);
  const known = [...needed, ...optional.split(' ')];
  return (body, context) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw badRequest('the body is no JSON object');
    const given = new Map<string, unknown>(Object.entries(body));
    for (const key of needed) if (!given.get(key)) throw badRequest(`${key} is required`);
    for (const [key, value] of given) {
      if (!known.includes(key)) throw badRequest(`${key} should not exist`);
      if (!isValid(key, value)) throw badRequest(`${key} is not valid`);
    }
    return respond(body as Fields<Required, Optional>, context);
  };
}

/** Returns a 400 with this message. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BAD_REQUEST', message);
}

/** Returns a 404 for an unknown id. */
export function notFound(thing: string): Refusal {
  return new Refusal(404, 'NOT_FOUND', `${thing} not found`);
}

// A key has the same type in every endpoint.
function isValid(key: string, value: unknown): boolean {
  if (key === 'assets') return Array.isArray(value) && value.every((asset) => typeof asset === 'string');
  if (key === 'take' || key === 'skip') return Number.isSafeInteger(value) && Number(value) >= 1;
  if (typeof value !== 'string') return false;
  if (key === 'country') return /^[A-Z]{2}$/.test(value);
  if (key === 'walletStatus') return ['Active', 'Blocked', 'Suspicious'].includes(value);
  if (/(From|To)$/.test(key)) return /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
  return true;
}
