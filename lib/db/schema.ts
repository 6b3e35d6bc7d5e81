// The portal's tables. Times are the database's own (`now()`): several instances share one clock.
import { type SQL, sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ChangeKind } from '@/lib/kunacore/contract-watch';

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const createdAt = time('created_at').notNull().defaultNow();
/** Keyed MAC of the columns that decide identity (lib/crypto/bound-row.ts). A row without one is rejected. */
const mac = text('mac');

/** A person who can sign in. Written by next-auth's adapter at the first sign-in. */
export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** Encrypted. Canonical (lib/email-address.ts), verified by the identity provider or by a link. */
    email: text('email').notNull(),
    /** Blind index of the address (lib/users/email-columns.ts); null once the address is deleted. */
    emailIndex: text('email_index').unique(),
    emailVerifiedAt: time('email_verified_at'),
    /** Claims of the identity provider, encrypted JSON; prefills the details. */
    claimsSealed: text('claims_sealed'),
    /** The language chosen in the account, for every device and for mails (lib/preferences). */
    language: text('language'),
    /** The language at the last sign-in; for mails while none is chosen. */
    signInLanguage: text('sign_in_language'),
    /** The kinds of messages that the person has switched off (lib/notifications/kinds.ts). */
    mutedMessages: text('muted_messages').array().notNull().default(sql`'{}'`),
    /** Set while the institution blocks this person: no sign-in and no session is valid (lib/operator/block.ts). */
    blockedAt: time('blocked_at'),
    /** Time of the deletion. The row stays as long as the customer at KunaCore (lib/privacy/delete-user.ts). */
    deletedAt: time('deleted_at'),
    /** False until the person's search tokens are stored (lib/maintenance/index-for-search.ts). */
    searchable: boolean('searchable').notNull().default(false),
    createdAt,
  },
  (table) => [
    index('users_newest').on(table.createdAt, table.id).where(sql`${table.deletedAt} is null`),
    index('users_blocked').on(table.blockedAt, table.id).where(hasBlock(table)),
    index('users_not_searchable').on(table.id).where(isNotSearchable(table)),
  ],
);

type UserColumns = Record<'blockedAt' | 'deletedAt' | 'searchable', AnyPgColumn>;

/** Matches people whom the institution blocks. */
export function hasBlock(user: UserColumns): SQL {
  return sql`(${user.blockedAt} is not null and ${user.deletedAt} is null)`;
}

/** Matches people whose search tokens are still to be stored. */
export function isNotSearchable(user: UserColumns): SQL {
  return sql`(not ${user.searchable} and ${user.deletedAt} is null)`;
}

/**
 * What support finds a person by: keyed hashes of words, of their beginnings and of the end of the phone number
 * (lib/search). Written with the address and the details, deleted with the account.
 */
export const searchTokens = pgTable(
  'search_tokens',
  {
    token: bigint('token', { mode: 'bigint' }).notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.token, table.userId] }), index('search_tokens_user').on(table.userId)],
);

/**
 * Links users to subjects of identity providers, one for each provider (lib/users/identities.ts). Written at sign-in.
 * The provider's tokens are not stored.
 */
export const accounts = pgTable(
  'accounts',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text('provider').notNull(),
    /** Blind index of the subject. */
    providerAccountId: text('provider_account_id').notNull(),
    /** The subject, encrypted and bound to provider and user: a row moved to another user does not open. */
    subjectSealed: text('subject_sealed'),
    createdAt,
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.providerAccountId] }),
    unique('accounts_user_provider').on(table.userId, table.provider),
  ],
);

/** A signed-in browser. Created at sign-in; deleted only by `endSessions` (lib/sessions/end.ts). */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** SHA-256 of the cookie's value: a copy of the database cannot sign in. */
    tokenHash: text('token_hash').notNull().unique(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The role at sign-in (lib/sessions/role.ts). A role change invalidates the session. */
    role: text('role', { enum: ['customer', 'agent', 'supervisor', 'auditor'] })
      .notNull()
      .default('customer'),
    /** The group of OPERATOR_ROLES that the provider named at sign-in; null without one. */
    roleGroup: text('role_group'),
    /** The sign-in method (`oidc`, `email`); null in sessions of older versions. */
    provider: text('provider'),
    /** Time of the authentication: the provider's `auth_time`, or the opening of the link. */
    authenticatedAt: time('authenticated_at').notNull().defaultNow(),
    /** Hash of the provider's id of its own session (`sid`); null where it sent none. */
    providerSession: text('provider_session'),
    createdAt,
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
    /** User agent at sign-in; names the device on /account/devices. */
    userAgent: text('user_agent'),
    /** Keyed hash of the network at sign-in, to compare devices. The address is not stored. */
    network: text('network'),
    /** The customer's epoch at the last token of this browser. A later epoch means that access has ended. */
    authorisedEpoch: bigint('authorised_epoch', { mode: 'number' }),
    authorisedUntil: time('authorised_until'),
    /** What the next view of a page says once, and about what (lib/sessions/flash.ts). */
    flash: text('flash'),
    mac,
  },
  (table) => [
    index('sessions_user').on(table.userId),
    index('sessions_provider_session').on(table.providerSession),
    index('sessions_expiry').on(table.expiresAt),
    index('sessions_last_seen').on(table.lastSeenAt),
  ],
);

/**
 * Ends that the identity provider told (lib/sessions/end-at-provider.ts). Kept for minutes: a logout token counts once,
 * and a sign-in that was under way finds its end here.
 */
export const providerEnds = pgTable(
  'provider_ends',
  {
    /** Hash of the token's id (`jti`). */
    tokenHash: text('token_hash').primaryKey(),
    /** Hash of the ended session's id at the provider; null when the token names a person only. */
    providerSession: text('provider_session'),
    /** Blind index of the person's subject; null when the token names a session only. */
    subjectIndex: text('subject_index'),
    /** Time of the end by the provider's clock. */
    issuedAt: time('issued_at').notNull(),
    createdAt,
  },
  (table) => [
    index('provider_ends_session').on(table.providerSession),
    index('provider_ends_subject').on(table.subjectIndex),
    index('provider_ends_created').on(table.createdAt),
  ],
);

/** One-time secrets of sign-in links, hashed by next-auth. Deleted when used. */
export const verificationTokens = pgTable(
  'verification_tokens',
  {
    /** Keyed hash of the address. */
    identifier: text('identifier').notNull(),
    token: text('token').notNull(),
    expiresAt: time('expires_at').notNull(),
    mac,
  },
  (table) => [
    primaryKey({ columns: [table.identifier, table.token] }),
    index('verification_tokens_expiry').on(table.expiresAt),
  ],
);

/** Verification details a user confirmed and agreed to hand over (lib/customers/details.ts); encrypted field by field. */
export const details = pgTable(
  'details',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    firstName: text('first_name').notNull(),
    lastName: text('last_name').notNull(),
    phoneNumber: text('phone_number').notNull(),
    country: text('country').notNull(),
    documentNumber: text('document_number').notNull(),
    taxNumber: text('tax_number').notNull(),
    residenceAddress: text('residence_address').notNull(),
    /** Who verified which fields, and when: encrypted JSON. Null in rows of older versions, which the person typed. */
    sourcesSealed: text('sources_sealed'),
    /** The version of the consent text, and the time of the consent. */
    consentVersion: text('consent_version').notNull(),
    consentedAt: time('consented_at').notNull(),
    /** Counts saves. `customers` says which version is accepted, and which one KunaCore holds. */
    version: integer('version').notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    /** Time of the source's last answer; null in rows of older versions. */
    checkedAt: time('checked_at'),
    /** When the source is asked again in the background; null while nothing is due (lib/kyc/recheck.ts). */
    recheckAt: time('recheck_at'),
  },
  (table) => [index('details_recheck').on(table.recheckAt).where(sql`${table.recheckAt} is not null`)],
);

/**
 * What became of each version of a person's details and consent (lib/customers/history.ts). Append-only: a trigger lets
 * key rotation re-seal a row, and the sweep delete it when its retention period is over. Refers to no user, whose row may
 * go before it.
 */
export const detailsHistory = pgTable(
  'details_history',
  {
    userId: uuid('user_id').notNull(),
    version: integer('version').notNull(),
    event: text('event', { enum: ['stored', 'accepted', 'returned', 'handed-over', 'withdrawn'] }).notNull(),
    /** `user:<id>`, `operator:<id>` or `system`. Each counts once for a version. */
    actor: text('actor').notNull(),
    at: time('at').notNull(),
    /** Encrypted JSON: the details with their sources when stored, the reason when returned; null otherwise. */
    sealed: text('sealed'),
    /** The version of the consent text (lib/customers/consent-texts.ts) and the time of the consent. */
    consentVersion: text('consent_version').notNull(),
    consentedAt: time('consented_at').notNull(),
    /** How many operators must accept the version before KunaCore gets it. */
    reviewers: integer('reviewers').notNull(),
    mac,
  },
  (table) => [primaryKey({ columns: [table.userId, table.version, table.event, table.actor] })],
);

/** People whose account is deleted and whose history is kept until RETENTION_YEARS are over. */
export const endedRelationships = pgTable(
  'ended_relationships',
  { userId: uuid('user_id').primaryKey(), endedAt: time('ended_at').notNull().defaultNow() },
  (table) => [index('ended_relationships_ended').on(table.endedAt)],
);

/**
 * The user's KunaCore customer, from the intent to create one onwards (lib/customers/state.ts).
 * The row exists before KunaCore is called. After a lost response, `external_id` finds the customer.
 */
export const customers = pgTable(
  'customers',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'restrict' }),
    externalId: uuid('external_id').notNull().unique().defaultRandom(),
    state: text('state', { enum: ['creating', 'linked', 'conflict', 'rejected'] }).notNull(),
    /** Since when KunaCore or the institution is waited for; a trigger sets it when that changes (0013_support_queues.sql). */
    stateSince: time('state_since').notNull().defaultNow(),
    /** Set before every call that creates. A call without a response may still have created a customer. */
    createAttemptedAt: time('create_attempted_at'),
    customerId: text('customer_id').unique(),
    walletId: text('wallet_id'),
    verificationStatus: text('verification_status'),
    walletStatus: text('wallet_status'),
    /**
     * The institution's block of the wallet, as intent and progress (lib/customers/wallet-block.ts). `due`: to be sent, and
     * nothing was. `sending`: KunaCore may have it. `set`: KunaCore has it. `lifting`: to be lifted. Null: no block.
     */
    walletBlock: text('wallet_block', { enum: ['due', 'sending', 'set', 'lifting'] }),
    /** When an operator put the conflict aside without linking (lib/customers/conflict.ts). */
    conflictDismissedAt: time('conflict_dismissed_at'),
    /** KunaCore's code for a rejection; for the log and the operator. */
    rejectionCode: text('rejection_code'),
    /** The newest version of the details, 0 without any. Copied here, so that one row tells whether work is due. */
    detailsVersion: integer('details_version').notNull().default(0),
    /**
     * The version of the details that KunaCore should hold, 0 without any: the newest one that needs no review or whose
     * review is over (lib/customers/review.ts).
     */
    acceptedVersion: integer('accepted_version').notNull().default(0),
    /** The review of `details_version`, which is not accepted yet; null when there is none (KYC_MODE=review). */
    review: text('review', { enum: ['waiting', 'returned'] }),
    reviewSince: time('review_since'),
    /** Set while the consent is withdrawn: KunaCore gets nothing of this person (lib/customers/consent.ts). */
    consentWithdrawnAt: time('consent_withdrawn_at'),
    /** Version of the details that KunaCore holds. */
    sentVersion: integer('sent_version').notNull().default(0),
    checkedAt: time('checked_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
    /** One KunaCore operation per customer at a time (lib/customers/lease.ts). */
    leaseOwner: uuid('lease_owner'),
    leaseUntil: time('lease_until'),
    mac,
    createdAt,
  },
  (table) => [
    index('customers_due').on(table.nextAttemptAt).where(hasOpenWork(table)),
    index('customers_review').on(table.reviewSince, table.userId).where(isInReview(table)),
    index('customers_waiting').on(table.stateSince, table.userId).where(isWaiting(table)),
    index('customers_undecided').on(table.stateSince, table.userId).where(isUndecided(table)),
    index('customers_wallet').on(table.walletId),
  ],
);

type CustomerColumns = Record<
  | 'state'
  | 'sentVersion'
  | 'acceptedVersion'
  | 'consentWithdrawnAt'
  | 'verificationStatus'
  | 'walletStatus'
  | 'walletBlock',
  AnyPgColumn
>;

/** Matches linked customers whose wallet the institution wants blocked, or unblocked, and KunaCore does not know yet. */
export function hasWalletWork(customer: Pick<CustomerColumns, 'state' | 'walletBlock'>): SQL {
  return sql`(${customer.state} = 'linked' and ${customer.walletBlock} in ('due', 'sending', 'lifting'))`;
}

/**
 * Matches customers that the reconciler has work for: being created, with accepted details that KunaCore lacks, or waiting
 * for KunaCore's verification; never without accepted details or with a withdrawn consent. And those with a wallet to block
 * or unblock, whatever else is decided. The index above holds these rows only, so that a round costs what is due.
 */
export function hasOpenWork(customer: CustomerColumns): SQL {
  return sql`(${hasWalletWork(customer)} or ${customer.acceptedVersion} > 0 and ${customer.consentWithdrawnAt} is null and (${customer.state} = 'creating' or (${customer.state} = 'linked' and (
    ${customer.sentVersion} < ${customer.acceptedVersion}
    or upper(${customer.verificationStatus}) <> 'ACCEPTED'
    or upper(${customer.walletStatus}) <> 'ACTIVE'))))`;
}

/** Matches customers whom the institution does not block: a block of the person stands here, too (lib/operator/block.ts). */
export function isNotBlocked(customer: Pick<CustomerColumns, 'walletBlock'>): SQL {
  return sql`(${customer.walletBlock} is null or ${customer.walletBlock} = 'lifting')`;
}

/** Matches customers who wait for KunaCore. Not those without details, whose account is deleted. */
export function isWaiting(customer: CustomerColumns & Record<'detailsVersion', AnyPgColumn>): SQL {
  return sql`(${hasOpenWork(customer)} and ${isNotBlocked(customer)} and ${customer.detailsVersion} > 0)`;
}

/** Matches customers whose details wait for an operator. */
export function isInReview(customer: Record<'review', AnyPgColumn>): SQL {
  return sql`${customer.review} = 'waiting'`;
}

/**
 * Matches customers that the institution must decide about: KunaCore rejected the details, or has the address already. Not
 * those whose conflict was put aside, whose correction is under review, who withdrew the consent, or who are blocked.
 */
export function isUndecided(
  customer: CustomerColumns & Record<'detailsVersion' | 'conflictDismissedAt' | 'review', AnyPgColumn>,
): SQL {
  return sql`(${customer.detailsVersion} > 0 and ${isNotBlocked(customer)} and ${customer.consentWithdrawnAt} is null and (
    (${customer.state} = 'conflict' and ${customer.conflictDismissedAt} is null)
    or (${customer.state} = 'rejected' and ${customer.review} is null)))`;
}

/**
 * A customer's access epoch. A token belongs to the epoch that it was issued in. Ending access starts the next epoch, in
 * the transaction that ends the session; `revoked_epoch` follows once KunaCore has invalidated (lib/authorisations/revoke.ts).
 */
export const authorisations = pgTable(
  'authorisations',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => customers.userId, { onDelete: 'restrict' }),
    epoch: bigint('epoch', { mode: 'number' }).notNull().default(0),
    revokedEpoch: bigint('revoked_epoch', { mode: 'number' }).notNull().default(0),
    /** The reason of the last epoch's end, shown to a person whose widget closed. */
    lastReason: text('last_reason'),
    epochStartedAt: time('epoch_started_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
  },
  (table) => [
    index('authorisations_pending').on(table.nextAttemptAt).where(isUnrevoked(table)),
    index('authorisations_unrevoked').on(table.epochStartedAt, table.userId).where(isUnrevoked(table)),
  ],
);

/**
 * Counts calls to KunaCore by minute, for the support console's integration page (lib/integration/calls.ts). All instances
 * add to the same rows, a few times a minute. Swept after some hours.
 */
export const kunacoreCalls = pgTable(
  'kunacore_calls',
  {
    minute: time('minute').notNull(),
    endpoint: text('endpoint').notNull(),
    /** KunaCore gave no usable response. */
    failed: boolean('failed').notNull(),
    /** The calls took at most so long; the bounds are few. */
    withinMs: integer('within_ms').notNull(),
    calls: integer('calls').notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.endpoint, table.failed, table.withinMs] })],
);

/**
 * Counts KunaCore's responses that differ from the contract (lib/integration/contract-changes.ts), by hour. Holds names
 * of keys, never values. Swept after two days.
 */
export const kunacoreContractChanges = pgTable(
  'kunacore_contract_changes',
  {
    hour: time('hour').notNull(),
    endpoint: text('endpoint').notNull(),
    kind: text('kind').$type<ChangeKind>().notNull(),
    /** The path of the key in the response, or empty. */
    key: text('key').notNull(),
    changes: integer('changes').notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.endpoint, table.kind, table.key] })],
);

/** Outages of KunaCore, as the reconciler saw them begin and end (lib/integration/incidents.ts). Holds counts alone. */
export const incidents = pgTable(
  'incidents',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    startedAt: time('started_at').notNull().defaultNow(),
    endedAt: time('ended_at'),
    /** The most people whose work waited at one time. */
    peopleAffected: integer('people_affected').notNull().default(0),
    /** The most revocations that waited at one time. */
    revocationsDelayed: integer('revocations_delayed').notNull().default(0),
  },
  (table) => [
    index('incidents_started').on(table.startedAt),
    // At most one is open, whichever instance notices it.
    uniqueIndex('incidents_open').on(sql`(true)`).where(sql`${table.endedAt} is null`),
  ],
);

/** The last verification of the audit log's chain (lib/integration/audit-check.ts). One row. */
export const auditChecks = pgTable('audit_checks', {
  id: integer('id').primaryKey(),
  at: time('at').notNull().defaultNow(),
  /** The first bad event, or null when the chain is intact. */
  problem: text('problem'),
  /** The number of sealed events that were verified. */
  events: bigint('events', { mode: 'number' }).notNull(),
});
/** Matches customers whose access KunaCore has not revoked yet. */
export function isUnrevoked(authorisation: Record<'epoch' | 'revokedEpoch', AnyPgColumn>): SQL {
  return sql`${authorisation.epoch} > ${authorisation.revokedEpoch}`;
}

/** Numbers events before they are stored, so that each event's MAC covers its number. Leaves gaps. */
export const auditEventIds = pgSequence('audit_event_ids');

/**
 * The audit log, append-only. An event is stored in the transaction of the change, with a MAC (lib/audit/append.ts).
 * Shortly afterwards it is sealed, once: its hash covers the previous hash (lib/audit/seal.ts). A trigger rejects every
 * other change. Holds ids, no personal data and no tokens.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** From `audit_event_ids`, in the order of the insertions. Events of older versions have their `seq` here. */
    id: bigint('id', { mode: 'number' }).primaryKey(),
    /** The place in the chain: counts from 1 without gaps. Null until the event is sealed. */
    seq: bigint('seq', { mode: 'number' }),
    at: time('at').notNull(),
    /** A name of OWASP's logging vocabulary. */
    event: text('event').notNull(),
    /** `user:<id>`, `operator:<id>` or `system`. */
    actor: text('actor').notNull(),
    /** The affected user. */
    subject: uuid('subject'),
    /** Further ids, codes and counts. */
    facts: jsonb('facts').$type<Record<string, string | number | boolean | null>>().notNull(),
    requestId: uuid('request_id'),
    /** Covers the columns above, except `seq`. Null in events of older versions, which were sealed at once. */
    mac: text('mac'),
    /** The key of the hash (PII_KEYS). */
    kid: text('kid'),
    hash: text('hash'),
  },
  (table) => [
    uniqueIndex('audit_events_seq').on(table.seq).where(sql`${table.seq} is not null`),
    index('audit_events_unsealed').on(table.id).where(sql`${table.seq} is null`),
    index('audit_events_subject').on(table.subject, table.id),
  ],
);

/** Notes of operators about a customer, and the texts of the reasons for their actions (lib/operator/notes.ts). */
export const caseNotes = pgTable(
  'case_notes',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The operator. */
    authorId: uuid('author_id').notNull(),
    /** The action that the note gives the reason of; null for a plain note. */
    action: text('action'),
    /** A code of a closed list (lib/operator/reasons.ts). */
    reason: text('reason'),
    /** Encrypted, bound to the row, the customer and the author. */
    textSealed: text('text_sealed'),
    createdAt: time('created_at').notNull(),
    mac,
  },
  (table) => [index('case_notes_user').on(table.userId, table.createdAt)],
);

/** Actions that wait for a second operator (OPERATOR_FOUR_EYES; lib/operator/approvals.ts). */
export const approvals = pgTable(
  'approvals',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    action: text('action').notNull(),
    /** The operator who asked. Another one decides. */
    requestedBy: uuid('requested_by').notNull(),
    reason: text('reason').notNull(),
    /** What the action is about besides the customer: KunaCore's record to link. */
    target: text('target'),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    decision: text('decision', { enum: ['confirmed', 'refused', 'withdrawn', 'expired'] }),
    decidedBy: uuid('decided_by'),
    decidedAt: time('decided_at'),
    mac,
  },
  (table) => [
    // One open request for each customer and action.
    uniqueIndex('approvals_open').on(table.userId, table.action).where(sql`${table.decision} is null`),
  ],
);

/**
 * The outbox of e-mails (lib/notifications/outbox.ts). A row is the intent to send one message, stored with its event. Holds
 * neither the address nor the text: both are made when it is sent. Kept as the record of what was sent, until the sweep or
 * the deletion of the account.
 */
export const notifications = pgTable(
  'notifications',
  {
    /** Also the Message-ID, so that a message that arrives again after a crash is recognised as the same. */
    id: uuid('id').primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', {
      enum: [
        'ready',
        'purchase-completed',
        'purchase-declined',
        'purchase-on-hold',
        'details-returned',
        'new-device',
        'details-changed',
      ],
    }).notNull(),
    /** What it is about: an operation's id, a version of the details, a session's id. One message for each. */
    subject: text('subject').notNull(),
    createdAt,
    attempts: integer('attempts').notNull().default(0),
    /** When the next attempt is due; null once it is sent or given up. The sender moves it on while it sends. */
    nextAttemptAt: time('next_attempt_at').defaultNow(),
    /** When the mail server accepted it. */
    sentAt: time('sent_at'),
    /** Why it was given up, or why the last attempt failed: a code, never the server's text. */
    failure: text('failure'),
  },
  (table) => [
    unique('notifications_once').on(table.userId, table.kind, table.subject),
    index('notifications_due').on(table.nextAttemptAt).where(sql`${table.nextAttemptAt} is not null`),
    index('notifications_created').on(table.createdAt),
  ],
);

/** Customers whose purchases are looked at in the background, and when (lib/wallet/watch.ts). */
export const purchaseWatches = pgTable(
  'purchase_watches',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Purchases that began earlier are over and known, or older than the watch. */
    since: time('since').notNull(),
    /** The last time that the customer opened the widget. */
    activeAt: time('active_at').notNull().defaultNow(),
    /** When the next look is due; null while there is nothing to wait for. */
    nextLookAt: time('next_look_at'),
    attempts: integer('attempts').notNull().default(0),
  },
  (table) => [index('purchase_watches_due').on(table.nextLookAt).where(sql`${table.nextLookAt} is not null`)],
);

/** Browsers that a person has signed in with before (lib/sign-in/known-device.ts): a new one is reported to them. */
export const knownDevices = pgTable(
  'known_devices',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of the device cookie and the person. */
    markHash: text('mark_hash').notNull(),
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.markHash] }),
    index('known_devices_last_seen').on(table.lastSeenAt),
  ],
);

/** Counts requests and events in a window (lib/rate-limits/count.ts). Swept when the window ends. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    /** Keyed hash of the limit and its subject. */
    key: text('key').primaryKey(),
    used: integer('used').notNull(),
    until: time('until').notNull(),
    /** The audit event whose repetitions are counted (lib/audit/counted.ts); null for a rate limit. */
    event: jsonb('event'),
  },
  (table) => [index('rate_limits_until').on(table.until)],
);
