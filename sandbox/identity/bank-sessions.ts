import type { Client, Payload, Provider, Session } from 'oidc-provider';

/** A person's session at the bank, as its page shows it. */
export interface BankSession {
  uid: string;
  accountId: string;
}

/** What a portal answered to a logout token; 0 when it did not answer. */
export interface Told {
  portal: string;
  status: number;
}

/** Whom a logout token names: the session, or the person alone. */
export type Naming = 'session' | 'person';

/** The sessions of one provider, which end with a logout token to every portal (Back-Channel Logout 1.0). */
export class BankSessions {
  constructor(
    private readonly provider: Provider,
    private readonly portalUrls: string[],
    private readonly stored: () => Payload[],
  ) {}

  /** Returns the sessions that people have signed in to. */
  list(): BankSession[] {
    return this.stored().flatMap(({ uid, accountId }) =>
      typeof uid === 'string' && typeof accountId === 'string' ? [{ uid, accountId }] : [],
    );
  }

  /** Ends the chosen sessions. @returns what each portal answered. */
  async end(chosen: { uid: string } | { accountId: string }, naming: Naming): Promise<Told[]> {
    const uids = this.list().filter((one) =>
      'uid' in chosen ? one.uid === chosen.uid : one.accountId === chosen.accountId,
    );
    const told: Told[] = [];
    for (const { uid } of uids) {
      const session = await this.provider.Session.findByUid(uid);
      if (session) told.push(...(await this.endSession(session, naming)));
    }
    return told;
  }

  /** Ends one session: first here, then at the portals. */
  async endSession(session: Session, naming: Naming): Promise<Told[]> {
    await session.destroy();
    const told: Promise<Told>[] = [];
    for (const clientId of Object.keys(session.authorizations ?? {})) {
      const client = await this.provider.Client.find(clientId);
      for (const portal of client ? this.portalUrls : [])
        told.push(tell(client as Client, portal, session, naming).then((status) => ({ portal, status })));
    }
    return Promise.all(told);
  }
}

/** The address at a portal that takes logout tokens. */
export const logoutAddress = (portal: string) => `${portal}/api/auth/backchannel-logout`;

/** All portals of the sandbox are one client, so its logout address changes from one to the next. */
function tell(client: Client, portal: string, session: Session, naming: Naming): Promise<number> {
  client.backchannelLogoutUri = logoutAddress(portal);
  client.backchannelLogoutSessionRequired = naming === 'session';
  const sent = client.backchannelLogout(session.accountId, session.sidFor(client.clientId));
  // Decides whether an ID token names the session.
  client.backchannelLogoutSessionRequired = true;
  return sent.then(
    () => 200,
    (error: { response?: { status?: number } }) => error.response?.status ?? 0,
  );
}
