// npm run --prefix verification security:mutants [-- T11 …]: takes away one defence at a time, in a copy of this checkout, and shows that
// the test named for its threat (docs/security.md) turns red. Ends with an error when one stays green.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Threat, file, what stands there, what a careless change makes of it, the test that must notice. */
const MUTANTS = [
  [
    'T4',
    'lib/log/log.ts',
    'redact: SECRET_FIELDS',
    'redact: [].map(String) && SECRET_FIELDS.slice(99)',
    'lib/log/log.test.ts',
  ],
  [
    'T9',
    'lib/authorisations/issue.ts',
    'if (found.length > 0) return true;',
    'if (found.length > 99) return true;',
    'lib/authorisations/issue.test.ts',
  ],
  [
    'T9',
    'lib/authorisations/issue.ts',
    'if (differing.some(([claim]) => naming.customer.has(claim))) return true;',
    '',
    'lib/authorisations/issue.test.ts',
  ],
  ['T9', 'lib/kunacore/ramp.ts', 'path.length < DEEPEST', 'path.length < 1', 'lib/kunacore/ramp.test.ts'],
  [
    'T11',
    'lib/http/same-origin.ts',
    'return origin === portalOrigin;',
    "return origin.endsWith(portalOrigin.split('://')[1] ?? '');",
    'lib/http/boundaries.test.ts',
  ],
  [
    'T11',
    'lib/http/incoming-request.ts',
    "&& headers['sec-fetch-site'] === 'same-origin') headers.origin",
    ') headers.origin',
    'lib/http/incoming-request.test.ts',
  ],
  ['T11', 'lib/http/request-guard.ts', "return 'cross-site';", 'return null;', 'lib/http/request-guard.test.ts'],
  [
    'T14',
    'lib/sign-in/adapter.ts',
    "return createHash('sha256').update(token).digest('hex');",
    'return token;',
    'lib/sign-in/adapter.test.ts',
  ],
  [
    'T14',
    'lib/sign-in/adapter.ts',
    'async getSessionAndUser() {\n      return null;',
    `async getSessionAndUser(sessionToken: string) {
      const { db: database, keyring } = await services();
      const [row] = await database
        .select({ session: sessions, user: users })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .where(eq(sessions.tokenHash, hashSessionToken(sessionToken)));
      if (row) return { session: toAdapterSession(sessionToken, row.session), user: toAdapterUser(keyring, row.user) };
      return null;`,
    'lib/sign-in/oidc-answers.test.ts',
  ],
  ['T14', 'lib/users/identities.ts', 'if (!email || email !== address)', 'if (!email)', 'lib/sign-in/adapter.test.ts'],
  [
    'T14',
    'lib/auth/cookies.ts',
    'next-auth\\.session-token/i',
    'next-auth\\.session-token(\\.\\d+)?$/i',
    'lib/auth/cookies.test.ts',
  ],
  [
    'T2',
    'lib/http/frame-origin.ts',
    "return wasPressed ? 'ours' : 'unproven';",
    "return 'ours';",
    'lib/http/frame-origin.test.ts',
  ],
  [
    'T13',
    'lib/operator/act.ts',
    'operator.fresh ? await refusal',
    'operator.role ? await refusal',
    'lib/operator/act.test.ts',
  ],
  ['T13', 'lib/operator/act.ts', "if (target.id === operatorId) return 'self';", '', 'lib/operator/act.test.ts'],
  ['T13', 'lib/operator/act.ts', "? 'operator' : null", '? null : null', 'lib/operator/act.test.ts'],
  ['T13', 'lib/sessions/role.ts', "|| provider === 'oidc'", '|| provider !== null', 'lib/operator/act.test.ts'],
  [
    'T13',
    'lib/sign-in/options.ts',
    'client: { default_max_age: OLDEST_AUTHENTICATION_SECONDS },',
    '',
    'lib/sign-in/oidc-answers.test.ts',
  ],
  ['T16', 'lib/auth/session.ts', 'gt(sessions.lastSeenAt, idleSince),', '', 'lib/sessions/find.test.ts'],
  ['T16', 'lib/auth/session.ts', 'gt(sessions.expiresAt, sql`now()`),', '', 'lib/sessions/find.test.ts'],
  [
    'T17',
    'lib/http/incoming-request.ts',
    'INTERNAL.test(name) || ABOUT_THE_HOST.includes(name)',
    'ABOUT_THE_HOST.includes(name)',
    'lib/http/incoming-request.test.ts',
  ],
  [
    'T17',
    'lib/http/incoming-request.ts',
    "process.env.NODE_ENV === 'development' && ",
    '',
    'lib/http/incoming-request.test.ts',
  ],
  [
    'T18',
    'app/api/auth/[...nextauth]/route.ts',
    'NextResponse.redirect(portalOrigin + linkPath(readLink(request.nextUrl.searchParams, portalOrigin)), 303)',
    "callback('email', new URLSearchParams(request.nextUrl.searchParams), '/account')",
    'app/api/auth/sign-in.test.ts',
  ],
  [
    'T18',
    'app/api/auth/[...nextauth]/route.ts',
    'if (!isSameOrigin(request.headers, portalOrigin))',
    "if (request.headers.get('origin') === 'https://evil.example')",
    'app/api/auth/sign-in.test.ts',
  ],
  ['T18', 'lib/auth/callback-url.ts', 'url.origin === portalOrigin &&', '', 'lib/http/boundaries.test.ts'],
  [
    'T19',
    'lib/sign-in/options.ts',
    '(await mayAskForLink(account?.providerAccountId ??',
    '(await mayAskForLink(account?.type ??',
    'app/api/auth/sign-in.test.ts',
  ],
  [
    'T19',
    'lib/sign-in/options.ts',
    'if (mail?.verificationRequest)',
    "if (mail?.verificationRequest && !(await refusal(account?.providerAccountId ?? '', null)).toString().includes('Blocked'))",
    'app/api/auth/sign-in.test.ts',
  ],
  [
    'T19',
    'app/api/auth/[...nextauth]/route.ts',
    'default:\n      return new Response(null, { status: 404 });',
    'default:\n      return callNextAuth(route);',
    'app/api/auth/sign-in.test.ts',
  ],
  ['T19', 'lib/rate-limits/count.ts', 'row.used <= uses', 'row.used <= uses * 2', 'lib/rate-limits/count.test.ts'],
  ['T20', 'lib/email-address.ts', '|| [...domain].some(isImitation)', '', 'lib/http/boundaries.test.ts'],
  [
    'T20',
    'lib/email-address.ts',
    'filter((alphabet) => alphabet.test(label)).length > 1',
    'includes(label as never)',
    'lib/http/boundaries.test.ts',
  ],
  ['T20', 'lib/email-address.ts', '!isAscii(local) || ', '', 'lib/http/boundaries.test.ts'],
  [
    'T20',
    'lib/users/identities.ts',
    'return other !== undefined;',
    'return other === null;',
    'lib/sign-in/oidc-answers.test.ts',
  ],
  [
    'T21',
    'lib/customers/create.ts',
    'if (candidate.externalId === externalId) {',
    'if (candidate) {',
    'lib/customers/adoption.test.ts',
  ],
  ['T22', 'lib/http/user-agent.ts', 'header.length <= LONGEST &&', '', 'lib/http/boundaries.test.ts'],
  ['T23', 'lib/text.ts', '!UNUSABLE.test(text)', 'text !== "\\0"', 'lib/customers/details-schema.test.ts'],
  [
    'T23',
    'lib/text.ts',
    'if (isOverride(sign)) return turned;',
    'if (isOverride(sign)) return false;',
    'lib/text.test.ts',
  ],
  ['T23', 'lib/text.ts', '\\u3164', '', 'lib/text.test.ts'],
  ['T23', 'lib/wallet/operations-csv.ts', ',;|\\t', '', 'lib/wallet/operations-csv.test.ts'],
  ['T23', 'lib/wallet/operations-csv.ts', '?? harmless)', '?? String)', 'lib/wallet/operations-csv.test.ts'],
  [
    'T23',
    'lib/customers/number-doubts.ts',
    'confirmed.includes(',
    '!confirmed.includes(',
    'lib/customers/number-doubts.test.ts',
  ],
  ['T26', 'lib/kunacore/transport.ts', "redirect: 'manual'", "redirect: 'follow'", 'lib/kunacore/transport.test.ts'],
  ['T28', 'lib/http/request-guard.ts', "return 'host';", 'return null;', 'lib/http/request-guard.test.ts'],
  [
    'T28',
    'lib/http/own-host.ts',
    'return portalOrigin + path;',
    'return new URL(path, portalOrigin).href;',
    'lib/http/own-host.test.ts',
  ],
  ['T29', 'lib/http/client-address.ts', 'seen.at(-hops)', 'seen.at(0)', 'lib/http/client-address.test.ts'],
  ['T28', 'lib/http/own-host.ts', '!text || NO_HOST.test(text) ||', '!text ||', 'lib/http/own-host.test.ts'],
  [
    'T28',
    'lib/http/incoming-request.ts',
    "request.url = '/';\n  return",
    'return',
    'lib/http/incoming-request.test.ts',
  ],
  ['T32', 'lib/http/readable-body.ts', 'return false;', 'return true;', 'lib/http/readable-body.test.ts'],
  [
    'T33',
    'lib/http/connections.ts',
    'server.requestTimeout = REQUEST_TIMEOUT_MS;',
    '',
    'lib/http/incoming-request.test.ts',
  ],
  [
    'T33',
    'lib/http/connections.ts',
    "  server.removeAllListeners('upgrade');\n",
    '',
    'lib/http/incoming-request.test.ts',
  ],
  [
    'T33',
    'lib/http/connections.ts',
    'if (underWay > MOST_PIPELINED) socket.destroy();',
    '',
    'lib/http/incoming-request.test.ts',
  ],
  ['T33', 'lib/http/incoming-request.ts', ' && !isPipelined(request.socket)', '', 'lib/http/incoming-request.test.ts'],
  [
    'T33',
    'lib/http/connections.ts',
    "if (event === 'upgrade')",
    "if (event === '')",
    'lib/http/incoming-request.test.ts',
  ],
  ['T34', 'lib/audit/counted.ts', 'row.used > rows', 'row.used < 0', 'lib/audit/bounds.test.ts'],
  ['T34', 'lib/log/bounds.ts', 'return count <= linesOf(kind);', 'return count > 0;', 'lib/log/bounds.test.ts'],
  ['T34', 'lib/http/csp-reports.ts', 'page?.origin !== origin', 'page === null', 'lib/http/csp-reports.test.ts'],
  ['T35', 'lib/audit/anchors.ts', '|| events.some(isOperatorsChange)', '', 'lib/audit/anchors.test.ts'],
  [
    'T30',
    'lib/http/incoming-request.ts',
    '  refuseUnwantedStorage(response);\n',
    '',
    'lib/http/incoming-request.test.ts',
  ],
  ['T35', 'lib/audit/append.ts', 'JSON.stringify([before, seq,', 'JSON.stringify([seq,', 'lib/audit/audit-log.test.ts'],
  [
    'T36',
    'lib/crypto/keyring.ts',
    'iv, { authTagLength: 16 }).setAAD(Buffer.from(place))',
    'iv, { authTagLength: 16 }).setAAD(Buffer.from(""))',
    'lib/crypto/keyring.test.ts',
  ],
  [
    'T36',
    'lib/sessions/bound-rows.ts',
    "  'tokenHash',\n  'userId',\n",
    "  'tokenHash',\n",
    'lib/maintenance/exchanged-rows.test.ts',
  ],
  ['T36', 'lib/customers/row.ts', "'customerId', 'walletId'", "'customerId'", 'lib/maintenance/exchanged-rows.test.ts'],
  [
    'T36',
    'lib/users/find.ts',
    'readEmail(keyring, row) === email',
    'readEmail(keyring, row) !== null',
    'lib/maintenance/exchanged-rows.test.ts',
  ],
  [
    'T36',
    'lib/maintenance/data-migration.ts',
    'if (done) {',
    'if (done && process.pid < 0) {',
    'lib/maintenance/data-migration.test.ts',
  ],
  [
    'T37',
    'lib/privacy/delete-user.ts',
    'await tx.delete(details).where(eq(details.userId, userId));',
    '',
    'lib/privacy/block-and-delete.test.ts',
  ],
  [
    'T39',
    'lib/config/environment.ts',
    'if (loopback) return;',
    'if (!loopback || loopback) return;',
    'lib/config/config.test.ts',
  ],
  ['T39', 'lib/config/samples.ts', 'return depth > 0 &&', 'return depth > DEPTH &&', 'lib/config/config.test.ts'],
  [
    'T39',
    'lib/http/incoming-request.ts',
    'if (config().loopback && !isLoopbackAddress(request.socket.remoteAddress)) turnAway(request);',
    '',
    'lib/http/incoming-request.test.ts',
  ],
];

const chosen = process.argv.slice(2);
const copy = mkdtempSync(path.join(tmpdir(), 'portal-security-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
for (const entry of [
  'app',
  'components',
  'lib',
  'sandbox',
  'e2e',
  'tsconfig.json',
  'vitest.config.ts',
  'package.json',
  '.env.example',
])
  cpSync(entry, path.join(copy, entry), { recursive: true });
symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'));

const tried = MUTANTS.filter(([threat]) => chosen.length === 0 || chosen.includes(threat));
const missed = tried.filter((mutant) => !isCaught(...mutant));
console.log(`${tried.length - missed.length} of ${tried.length} planted regressions caught`);
process.exit(missed.length === 0 ? 0 : 1);

function isCaught(threat, file, from, to, test) {
  const place = path.join(copy, file);
  const original = readFileSync(place, 'utf8');
  if (!original.includes(from)) throw new Error(`${file} no longer holds: ${from}`);
  writeFileSync(
    place,
    original.replace(from, () => to),
  );
  const { status, stdout } = spawnSync('node_modules/.bin/vitest', ['run', test], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  writeFileSync(place, original);
  // Red because an assertion failed, not because the file does not run any more.
  const caught = status === 1 && /Tests .*\d+ failed/.test(stdout);
  console.log(`${caught ? 'caught' : 'MISSED'}  ${threat.padEnd(4)} ${file}: ${test}`);
  return caught;
}
