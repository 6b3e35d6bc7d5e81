// Each takes away one thing that a promise of docs/guarantees.md rests on; random schedules must find it.
// `find` is code of lib, app or proxy.ts that stands there once, however it is formatted; or several pieces.

const shownBy = 'schedules';

export const MUTANTS = [
  // One customer at most (I1), and only one's own (I2).
  {
    name: 'adopts a customer by its e-mail alone',
    find: 'if (candidate.externalId === externalId) {',
    replace: 'if (candidate) {',
  },
  {
    name: 'does not store that a create is attempted',
    find: 'if (!(await markAttempted(services, intent.stored))) return;',
    replace: '',
  },
  {
    name: 'creates again without looking first',
    find: 'if (createAttemptedAt && (await',
    replace: 'if (intent.row.attempts > 99 && (await',
  },
  {
    name: 'takes "exists already" for a rejection',
    find: 'if (await adoptExisting(services, intent, lease)) return; if (!isRefusal) throw error;',
    replace: 'if (!isRefusal) throw error;',
  },
  {
    name: 'overlooks a customer of somebody else',
    find: "await decide(services, userId, 'conflict', { createAttemptedAt: null });",
    replace: 'if (candidate) return false;',
  },
  {
    name: 'calls KunaCore without a lease',
    find: ['while (!(await take(services, userId, owner))) {', 'if (renewed.length === 0) throw new LeaseBusy();'],
    replace: ['while (!take) {', ''],
  },
  {
    name: 'gives a lease no end',
    find: 'const LEASE_SECONDS = 15;',
    replace: 'const LEASE_SECONDS = 86_400;',
  },
  {
    name: "reads somebody else's customer",
    find: 'const [row] = await db.select().from(customers).where(eq(customers.userId, userId)); return readCustomer(keyring, row);',
    replace:
      "const [row] = await db.select().from(customers).where(eq(customers.state, userId ? 'linked' : 'creating')); return readCustomer(keyring, row);",
  },
  {
    name: 'links a customer in two steps',
    find: [
      "if (state === 'linked') await tx.insert(authorisations).values({ userId }).onConflictDoNothing();",
      "appendAudit(tx, keyring, { event: 'user_updated', actor: 'system', subject: userId, facts }); });",
    ],
    replace: [
      '',
      "appendAudit(tx, keyring, { event: 'user_updated', actor: 'system', subject: userId, facts }); }); if (state === 'linked') await db.insert(authorisations).values({ userId }).onConflictDoNothing();",
    ],
  },

  // Saved details reach KunaCore.
  {
    name: 'confirms a save that was not stored',
    find: 'await storeDetails(services, userId, details, origin);',
    replace: 'await storeDetails(services, userId, details, origin).catch(() => {});',
  },
  {
    name: 'stores changed details without making them due',
    find: 'if (reviewers === 0) await acceptVersion(tx, userId, version);',
    replace: 'if (reviewers === 0 && version === 1) await acceptVersion(tx, userId, version);',
  },
  {
    name: 'keeps the version of changed details',
    find: '.version} + 1`, updatedAt',
    replace: '.version}`, updatedAt',
  },
  {
    name: 'takes a customer that was found for up to date',
    find: 'await markLinked(services, intent, candidate, 0);',
    replace: 'await markLinked(services, intent, candidate, intent.version);',
  },
  {
    name: 'marks a version as sent that was not',
    find: 'sentVersion: stored.version,',
    replace: 'sentVersion: stored.version + 1,',
  },

  // Accepted details alone are handed over, while the consent to them is given (I13).
  {
    name: 'hands details over that wait for a review',
    find: [
      'if (reviewers === 0) await acceptVersion(tx, userId, version);',
      'if (acceptances.length < version.reviewers)',
    ],
    replace: ['await acceptVersion(tx, userId, version);', 'if (acceptances.length < 0)'],
  },
  {
    name: 'hands details over that one of two operators accepted',
    find: [
      'const needed = Math.max(found.version.reviewers, services.kyc.reviewers);',
      'if (acceptances.length < version.reviewers)',
    ],
    replace: ['const needed = Math.min(found.version.reviewers, 1);', 'if (acceptances.length < 1)'],
  },
  {
    name: 'hands details over although the consent was withdrawn since they were read',
    find: 'if ((await services.db.$count(customers, mayStillHave(stored))) === 0) return;',
    replace: '',
  },
  {
    name: 'hands details over that were agreed to before a withdrawal',
    find: '.set({ detailsVersion: version, acceptedVersion, consentWithdrawnAt: null,',
    replace: '.set({ detailsVersion: version, consentWithdrawnAt: null,',
  },
  {
    name: 'withdraws the consent and leaves access alone',
    find: "await startNextEpoch(tx, [userId], 'consent-withdrawn');",
    replace: '',
  },
  {
    name: 'keeps no record of a change that was handed over',
    find: 'if (rejectionCode === null) await recordHandover(within, stored);',
    replace: '',
  },

  // A block covers the wallet, and an operator links only what belongs together.
  {
    name: 'blocks a user without their wallet',
    find: 'await blockWallet(tx, userId);',
    replace: '',
  },
  {
    name: 'unblocks a user without their wallet',
    find: 'await unblockWallet(tx, userId);',
    replace: '',
  },
  {
    name: 'forgets that a block may have been sent',
    find: "in ('sending', 'set') then 'lifting'",
    replace: "in ('set') then 'lifting' when wallet_block = 'sending' then null",
  },
  {
    name: 'stores a block as set although KunaCore was not asked',
    find: "if (!(await update(services, userId, customerId, 'Blocked'))) return false;",
    replace: '',
  },
  {
    name: 'lifts a block with changed details',
    find: [
      'await services.kunacore.updateCustomer(customerId, { email, ...toKunaCore(details) });',
      "return row.walletBlock === 'set' && walletStatus !== undefined && isActive(walletStatus);",
    ],
    replace: [
      "await services.kunacore.updateCustomer(customerId, { email, ...toKunaCore(details), walletStatus: 'Active' });",
      'return false;',
    ],
  },
  {
    name: 'links a customer with another address',
    find: "if (!hasAddress(theirs, email)) return 'email-differs';",
    replace: '',
  },
  {
    name: 'links a customer that another person has',
    find: [
      "if (await isTaken(services, userId, theirs)) return 'taken';",
      "eq(customers.state, 'conflict'), notExists(others)",
    ],
    replace: ['', "eq(customers.state, 'conflict')"],
  },

  // Every end of a session or of access starts the next epoch.
  {
    name: 'blocks a user without ending their sessions',
    find: "await endSessionsIn(services, tx, { userId }, 'blocked');",
    replace: '',
  },
  {
    name: 'deletes a user without ending their sessions',
    find: "await endSessionsIn(services, tx, { userId }, 'deleted');",
    replace: '',
  },
  {
    name: 'ends sessions without starting the next epoch',
    find: 'await startNextEpoch(tx, userIds, reason);',
    replace: '',
  },
  {
    name: 'starts the next epoch only for sessions that showed a widget',
    find: 'const ended = await tx.delete(sessions).where(selects(tx, which)).returning({ userId: sessions.userId });',
    replace:
      'const ended = (await tx.delete(sessions).where(selects(tx, which)).returning()).filter((session) => session.authorisedEpoch !== null);',
  },
  {
    name: 'ends access without starting the next epoch',
    find: 'await startNextEpoch(tx, [userId], reason);',
    replace: '',
  },
  {
    name: 'leaves expired sessions alone',
    find: "await endSessions(services, { expired: services.limits }, 'expired');",
    replace: '0;',
  },
  {
    name: 'deletes expired sessions without starting the next epoch',
    find: "await endSessions(services, { expired: services.limits }, 'expired');",
    replace:
      "0; await services.db.execute(sql`delete from sessions where expires_at < now() or last_seen_at < now() - interval '30 minutes'`);",
  },

  // Access is revoked up to the current epoch.
  {
    name: 'leaves access alone while one epoch alone is due',
    find: 'gt(authorisations.epoch, authorisations.revokedEpoch), lte(',
    replace: "gt(sql.raw('authorisations.epoch - 1'), authorisations.revokedEpoch), lte(",
  },
  {
    name: 'stores an epoch as revoked although the call failed',
    find: 'await services.kunacore.invalidate(customerId);',
    replace: 'await services.kunacore.invalidate(customerId).catch(() => {});',
  },
  {
    name: 'stores an epoch as revoked before the call',
    find: 'await services.kunacore.invalidate(customerId);',
    replace:
      'await services.db.update(authorisations).set({ revokedEpoch: row.epoch }).where(eq(authorisations.userId, userId)); await services.kunacore.invalidate(customerId);',
  },
  {
    name: 'stores later epochs as revoked, too',
    find: 'revokedEpoch: sql`greatest(',
    replace: 'revokedEpoch: sql`greatest(epoch, ',
  },

  // A token belongs to one epoch and one live session.
  {
    name: 'issues a token before older access is revoked',
    find: [
      'if (before?.isPending) { await revokePending(services, userId, lease); before = await look(services, session, lease); }',
      'if (!before.isCurrent || before.isPending ||',
    ],
    replace: ['', 'if (!before.isCurrent ||'],
  },
  {
    name: 'revokes older access after the new token was issued',
    find: [
      'if (before?.isPending) { await revokePending(services, userId, lease); before = await look(services, session, lease); }',
      'if (!before.isCurrent || before.isPending ||',
      'const { token, expiresAt, names } = await services.kunacore.issueToken({ customerId, userAgent });',
    ],
    replace: [
      '',
      'if (!before.isCurrent ||',
      'const { token, expiresAt, names } = await services.kunacore.issueToken({ customerId, userAgent }); if (before.isPending) await revokePending(services, userId, lease);',
    ],
  },
  {
    name: 'asks for a token without looking at the session first',
    find: [
      'gt(sessions.expiresAt, sql`now()`), eq(customers.leaseOwner, lease.owner),',
      '.from(sessions) .leftJoin(customers, eq(customers.userId, session.userId))',
      '.where(eq(sessions.id, session.id)); if (!found) return null;',
    ],
    replace: [
      'eq(customers.leaseOwner, lease.owner),',
      '.from(customers)',
      '.where(eq(customers.userId, session.userId)); if (!found) return null;',
    ],
  },
  {
    name: 'hands a token over without looking at the session again',
    find: 'if (await keep(services, session, lease, issued, before)) return',
    replace: 'if ((await keep(services, session, lease, issued, before)) || token) return',
  },
  {
    name: 'hands a token over although its epoch ended',
    find: [
      'exists(current),',
      'exists(db.select({ epoch: authorisations.epoch }).from(authorisations).where(isOfEpoch)),',
    ],
    replace: ['', ''],
  },
  {
    name: 'hands a token over although its session ended',
    find: [
      'gt(sessions.expiresAt, sql`now()`), eq(customers.leaseOwner, lease.owner),',
      '.from(sessions) .leftJoin(customers, eq(customers.userId, session.userId))',
      '.where(eq(sessions.id, session.id)); if (!found) return null;',
      'exists(live),',
    ],
    replace: [
      'eq(customers.leaseOwner, lease.owner),',
      '.from(customers)',
      '.where(eq(customers.userId, session.userId)); if (!found) return null;',
      '',
    ],
  },
  // A token issued ahead (I4).
  {
    name: 'hands a token issued ahead to another session of the person',
    find: [
      'if (store.has(session.id)) return Promise.resolve();',
      'store.set(session.id, ahead);',
      'const ahead = store.get(session.id); if (!ahead ||',
      'store.delete(session.id); return { token: await ahead.token,',
    ],
    replace: [
      'if (store.has(session.userId)) return Promise.resolve();',
      'store.set(session.userId, ahead);',
      'const ahead = store.get(session.userId); if (!ahead ||',
      'store.delete(session.userId); return { token: await ahead.token,',
    ],
  },
  {
    name: 'hands a token issued ahead to another user agent',
    find: 'ahead.userAgent !== userAgent ||',
    replace: '',
  },
  {
    name: 'hands a token over although its epoch has ended',
    find: 'exists(db.select({ epoch: authorisations.epoch }).from(authorisations).where(isOfEpoch)),',
    replace: '',
  },
  {
    name: 'keeps a token issued ahead beyond its time',
    find: [
      '|| services.clock.elapsed() - ahead.startedAt > AHEAD_MS',
      'if (store.get(session.id) === ahead) store.delete(session.id);',
    ],
    replace: ['', ''],
  },
  {
    name: 'lets two tokens wait for one session',
    find: 'if (store.has(session.id)) return Promise.resolve();',
    replace: '',
  },
  {
    name: 'invalidates a token that no frame fetched',
    find: [
      'if (store.get(session.id) === ahead) store.delete(session.id);',
      "import { singleton } from '@/lib/singleton'; import { type Issued, issueToken, type TokenSession } from './issue';",
    ],
    replace: [
      "if (store.get(session.id) === ahead) { store.delete(session.id); void revokeAccess(services, session.userId, 'not-handed-over').catch(() => {}); }",
      "import { singleton } from '@/lib/singleton'; import { revokeAccess } from './epoch'; import { type Issued, issueToken, type TokenSession } from './issue';",
    ],
  },

  // Each stored audit event has one place in one chain.
  {
    name: 'seals audit events in several steps',
    find: 'await inTransaction(db, (tx) => sealBatch(tx, keyring))',
    replace: 'await sealBatch(db, keyring)',
  },
  // An end at the identity provider is an end here (I11).
  {
    name: 'takes a logout token twice',
    find: "if (!(await remember(tx, keyring, end))) return { outcome: 'replayed' };",
    replace: 'await remember(tx, keyring, end);',
  },
  {
    name: 'ends nothing for a logout token that names a person alone',
    find: "return and(eq(sessions.userId, userId), eq(sessions.provider, 'oidc'), named);",
    replace: 'return named ? and(eq(sessions.userId, userId), named) : sql`false`;',
  },
  {
    name: "ends another person's session by its `sid`",
    find: [
      "if (session && subject && (await belongsToAnother(tx, session, userId))) return { outcome: 'mismatch' };",
      'if (userId === null) return ofSession ?? sql`false`;',
    ],
    replace: ['', 'if (userId === null || ofSession) return ofSession ?? sql`false`;'],
  },
  {
    name: 'stores no wish to revoke when the provider ends a session',
    find: 'await startNextEpoch(tx, userIds, reason);',
    replace: "if (reason !== 'ended-at-provider') await startNextEpoch(tx, userIds, reason);",
  },
  {
    name: 'confirms an end at the provider before it is stored',
    find: 'const ended = await inTransaction(services.db, (tx) => endIn(services, tx, end));',
    replace:
      "void inTransaction(services.db, (tx) => endIn(services, tx, end)).catch(() => {}); const ended = { outcome: 'ended', sessions: 0 } as ProviderEnded;",
  },
  {
    name: 'stores the session of a sign-in that the provider has ended on its way',
    find: 'if (atProvider && (await hasEndedAtProvider(tx, keyring, atProvider)))',
    replace: "if (atProvider?.sid === '' && (await hasEndedAtProvider(tx, keyring, atProvider)))",
  },
].map((mutant) => ({ ...mutant, shownBy }));
