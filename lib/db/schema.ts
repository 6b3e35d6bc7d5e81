// The portal's tables. Times are the database's own (`now()`): several instances share one clock.
import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const createdAt = time('created_at').notNull().defaultNow();
/** Keyed MAC over the columns that decide who is asking (lib/crypto/bound-row.ts). A row without one does not count. */
const mac = text('mac');

/** A person who can sign in. Written by next-auth's adapter at the first sign-in. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  /** Encrypted. Canonical (lib/email-address.ts), verified by the identity provider or by a link. */
  email: text('email').notNull(),
  /** Keyed hash that finds a user by address (lib/users/email-columns.ts); null once the address is gone. */
  emailIndex: text('email_index').unique(),
  emailVerifiedAt: time('email_verified_at'),
  /** What the identity provider knows of the person, encrypted JSON; prefills the details. */
  claimsSealed: text('claims_sealed'),
  /** The language chosen in the account, for every device and for mails (lib/preferences); null until then. */
  language: text('language'),
  /** Set while the institution keeps this person out: nobody signs in, no session counts (lib/operator/block.ts). */
  blockedAt: time('blocked_at'),
  /** Personal data is gone; the row stays for as long as the customer at KunaCore does (lib/privacy/delete-user.ts). */
  deletedAt: time('deleted_at'),
  createdAt,
});

/**
 * Which subject of which identity provider belongs to a user (lib/users/identities.ts): one for each provider. Written at
 * sign-in; the provider's tokens are not kept.
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
    /** SHA-256 of the cookie's value: a copy of the database signs nobody in. */
    tokenHash: text('token_hash').notNull().unique(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** What this person was at sign-in (lib/sessions/role.ts): a session of somebody who is that no more does not count. */
    role: text('role', { enum: ['customer', 'operator'] })
      .notNull()
      .default('customer'),
    /** How this person proved who they are (`oidc`, `email`); null in sessions of before this was kept. */
    provider: text('provider'),
    /** When they last did: the provider's `auth_time`, or when the link was opened. Decides what needs a fresh sign-in. */
    authenticatedAt: time('authenticated_at').notNull().defaultNow(),
    createdAt,
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
    /** What the browser called itself at sign-in; names the device on /account/devices. */
    userAgent: text('user_agent'),
    /** Keyed hash of the network it signed in from: two devices can be told to be in one place, no address is kept. */
    network: text('network'),
    /** The sealed token that waits for this browser's frame (lib/authorisations/handover.ts); redeemed once. */
    handoverId: uuid('handover_id'),
    /** The customer's access epoch when this browser last got a token; a later epoch means access has ended. */
    authorisedEpoch: bigint('authorised_epoch', { mode: 'number' }),
    authorisedUntil: time('authorised_until'),
    mac,
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expiry').on(table.expiresAt)],
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
  (table) => [primaryKey({ columns: [table.identifier, table.token] })],
);

/** Verification details a user confirmed and agreed to hand over. Written by the details form; encrypted field by field. */
export const details = pgTable('details', {
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
  /** Which wording of the consent the user saw, and when they agreed. */
  consentVersion: text('consent_version').notNull(),
  consentedAt: time('consented_at').notNull(),
  /** Counts saves: KunaCore is up to date when `customers.sent_version` equals it. */
  version: integer('version').notNull(),
  updatedAt: time('updated_at').notNull().defaultNow(),
});

/**
 * The user's KunaCore customer, from the intent to create one onwards (lib/customers/state.ts).
 * The row exists before KunaCore is called; `external_id` is what makes a lost answer findable.
 */
export const customers = pgTable(
  'customers',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'restrict' }),
    externalId: uuid('external_id').notNull().unique().defaultRandom(),
    state: text('state', { enum: ['creating', 'linked', 'conflict', 'rejected'] }).notNull(),
    /** Set before every call that creates: an answer that never came may still have created a customer. */
    createAttemptedAt: time('create_attempted_at'),
    customerId: text('customer_id').unique(),
    walletId: text('wallet_id'),
    verificationStatus: text('verification_status'),
    walletStatus: text('wallet_status'),
    /** KunaCore's code for a rejection; for the log and the operator. */
    rejectionCode: text('rejection_code'),
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
  (table) => [index('customers_next_attempt').on(table.nextAttemptAt).where(sql`${table.state} <> 'conflict'`)],
);

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
    /** Why the last epoch ended; tells a person whose widget closed what happened. */
    lastReason: text('last_reason'),
    epochStartedAt: time('epoch_started_at'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: time('next_attempt_at').notNull().defaultNow(),
  },
  (table) => [
    index('authorisations_pending').on(table.nextAttemptAt).where(sql`${table.epoch} > ${table.revokedEpoch}`),
  ],
);

/**
 * Who did what, append-only: a trigger refuses every change, and each row's hash covers the one before
 * (lib/audit/append.ts). No personal data, no token: ids alone. Written where the thing itself is stored.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** Counts from 1 without gaps. */
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    at: time('at').notNull(),
    /** A name of OWASP's logging vocabulary. */
    event: text('event').notNull(),
    /** `user:<id>`, `operator:<id>` or `system`. */
    actor: text('actor').notNull(),
    /** The user it was done to. */
    subject: uuid('subject'),
    /** What else is known: ids, codes and counts. */
    facts: jsonb('facts').$type<Record<string, string | number | boolean | null>>().notNull(),
    requestId: uuid('request_id'),
    /** Which key made the hash (PII_KEYS). */
    kid: text('kid').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [index('audit_events_subject').on(table.subject, table.seq)],
);

/** How often something was asked for, or happened, within its window (lib/rate-limits/count.ts). Swept afterwards. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    /** Keyed hash of what is limited and of whom. */
    key: text('key').primaryKey(),
    used: integer('used').notNull(),
    until: time('until').notNull(),
    /** The event of the trail whose repetitions are counted here (lib/audit/counted.ts); null for a limit. */
    event: jsonb('event'),
  },
  (table) => [index('rate_limits_until').on(table.until)],
);
