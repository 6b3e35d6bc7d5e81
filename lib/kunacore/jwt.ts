/**
 * The claims of a JWT, not verified: KunaCore's tokens are KunaCore's to verify, and nothing is granted by what is
 * read here. Undefined when the text is no JWT (RFC 7519).
 */
export function jwtClaims(token: string): Record<string, unknown> | undefined {
  const [, payload] = token.split('.');
  if (!payload) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as unknown;
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
