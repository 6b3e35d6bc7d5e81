// Declares the types that the sandbox uses, because oidc-provider ships none.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Payload {
    uid?: string;
    grantId?: string;
    consumed?: number;
    [key: string]: unknown;
  }

  /** Storage for sessions, codes and tokens: one adapter for each kind. */
  export interface Adapter {
    upsert(id: string, payload: Payload, expiresInSeconds?: number): Promise<void>;
    find(id: string): Promise<Payload | undefined>;
    findByUid(uid: string): Promise<Payload | undefined>;
    findByUserCode(userCode: string): Promise<Payload | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    save(ttlSeconds: number): Promise<string>;
  }

  export interface Session {
    accountId: string;
    authorizations?: Record<string, unknown>;
    sidFor(clientId: string): string;
    destroy(): Promise<void>;
  }

  export interface Client {
    clientId: string;
    backchannelLogoutUri: string;
    backchannelLogoutSessionRequired: boolean;
    /** Sends a logout token. Rejects unless the answer is 200 or 204. */
    backchannelLogout(sub: string, sid: string): Promise<void>;
  }

  export interface Interaction {
    uid: string;
    params: Record<string, unknown>;
    session?: { uid?: string };
    persist(): Promise<string>;
  }

  export type InteractionResult = { login: { accountId: string } } | { error: string; error_description: string };

  export interface Context {
    status: number;
    type: string;
    body: unknown;
    path: string;
    response: { get(header: string): string };
    redirect(url: string): void;
    oidc: {
      route: string;
      provider: Provider;
      client: { clientId: string };
      session: { accountId: string };
      result?: InteractionResult;
    };
  }

  export interface Account {
    accountId: string;
    claims(use: string): Promise<object>;
  }

  export interface Configuration {
    adapter: (kind: string) => Adapter;
    claims: Record<string, string[]>;
    /** False puts the claims of the scopes into the ID token, too. */
    conformIdTokenClaims?: boolean;
    clientBasedCORS: () => boolean;
    clients: Record<string, unknown>[];
    cookies: { names: Record<'session' | 'interaction' | 'resume', string>; keys: string[] };
    discovery: Record<string, string[]>;
    expiresWithSession: () => Promise<boolean>;
    features: Record<string, { enabled: boolean }>;
    fetch: (url: string, init: RequestInit & { dispatcher?: unknown }) => Promise<Response>;
    findAccount: (ctx: Context, sub: string) => Promise<Account | undefined>;
    interactions: { policy: interactionPolicy.Prompt[] };
    jwks: { keys: object[] };
    loadExistingGrant: (ctx: Context) => Promise<Grant>;
    pkce: { required: () => boolean };
    renderError: (ctx: Context, out: { error: string; error_description?: string }) => Promise<void>;
    responseTypes: string[];
    scopes: string[];
    ttl: Record<string, number>;
    clientAuthMethods: string[];
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    Grant: new (properties: {
      clientId: string;
      accountId: string;
    }) => Grant;
    Client: { find(clientId: string): Promise<Client | undefined> };
    Session: {
      findByUid(uid: string): Promise<Session | undefined>;
      get(request: { req: IncomingMessage; res: ServerResponse }): Promise<Session>;
    };
    use(middleware: (ctx: Context, next: () => Promise<void>) => Promise<void>): void;
    callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<Interaction>;
    interactionFinished(req: IncomingMessage, res: ServerResponse, result: InteractionResult): Promise<void>;
  }

  export namespace errors {
    class SessionNotFound extends Error {}
  }

  export namespace interactionPolicy {
    type Prompt = object;
    function base(): { get(name: string): Prompt | undefined };
  }
}
