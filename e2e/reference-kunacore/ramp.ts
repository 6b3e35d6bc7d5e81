import { createHash } from 'node:crypto';
import { customerById } from './customers';
import { type Endpoint, endpoint, notFound, Refusal } from './endpoint';
import { type Core, newId, newJwt, type Token } from './state';

// 46.5 hours, as in the documentation's example.
const LIFETIME_MS = 46.5 * 3_600_000;

/** `POST /v2/ramp/token`: issues a token for this user agent. The documentation leaves blocked wallets open. */
export const issueToken: Endpoint = endpoint('customerId userAgent', '', ({ customerId, userAgent }, { core }) => {
  const customer = customerById(core, customerId);
  if (customer.walletStatus === 'Blocked') throw new Refusal(403, 'WALLET_BLOCKED', 'The wallet is blocked');
  if (core.switches.newToken === 'ends earlier') endTokens(core, customerId);
  const at = core.now();
  const token = newJwt({
    exp: Math.floor((at + LIFETIME_MS) / 1000),
    iat: Math.floor(at / 1000),
    sessionCreatedAt: at,
    fingerprint: createHash('md5').update(userAgent).digest('hex'),
    id: newId('ses'),
  });
  core.state.tokens.set(token, { customer, userAgent, expiresAt: at + LIFETIME_MS, opened: false, ended: false });
  return { token, region: null };
});

/** `POST /v2/ramp/invalidate`: ends every token of the customer, and the pages opened with them. */
export const invalidate: Endpoint = endpoint('customerId', '', ({ customerId }, { core }) => {
  customerById(core, customerId);
  const ended = endTokens(core, customerId);
  if (ended === 0 && core.switches.invalidateWithoutToken === '404') throw notFound('Authorisation');
  return {};
});

/** Returns the token if the widget may open with it, and marks it as opened; else undefined. */
export function openToken(core: Core, jwt: string, userAgent: string): Token | undefined {
  const token = core.state.tokens.get(jwt);
  if (token === undefined || !mayBeUsed(core, token)) return undefined;
  if (token.opened && core.switches.secondOpening === 'refused') return undefined;
  if (token.userAgent !== userAgent && core.switches.otherUserAgent === 'refused') return undefined;
  token.opened = true;
  return token;
}

/** Returns whether a page opened with this token may still act for the customer. */
export function mayBeUsed(core: Core, token: Token): boolean {
  return isLive(core, token) && token.customer.walletStatus !== 'Blocked';
}

function isLive(core: Core, token: Token): boolean {
  return !token.ended && core.now() < token.expiresAt;
}

// Returns the number of live tokens that it ended.
function endTokens(core: Core, customerId: string): number {
  const live = [...core.state.tokens.values()].filter(
    (token) => token.customer.id === customerId && isLive(core, token),
  );
  for (const token of live) token.ended = true;
  return live.length;
}
