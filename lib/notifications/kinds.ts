// The kinds of messages. Safe for the browser.
/** Messages about the way to buying and about purchases: a person may switch each off. */
export const OPTIONAL_KINDS = ['ready', 'purchase-completed', 'purchase-declined', 'purchase-on-hold'] as const;

/**
 * Messages that protect the person or that the institution owes them. They cannot be switched off: whoever takes over an
 * account would do so first (GDPR 32, 33; NIST SP 800-63B-4 4.6).
 */
export const REQUIRED_KINDS = ['new-device', 'details-changed', 'details-returned'] as const;

export const KINDS = [...OPTIONAL_KINDS, ...REQUIRED_KINDS] as const;

export type OptionalKind = (typeof OPTIONAL_KINDS)[number];
export type Kind = (typeof KINDS)[number];
