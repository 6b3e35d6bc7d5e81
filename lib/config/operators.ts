import 'server-only';
import { canonicalEmail } from '@/lib/email-address';
import type { Environment, Report } from './environment';

/** The roles of the support console, from the one that can do most. */
export const OPERATOR_ROLES = ['supervisor', 'agent', 'auditor'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Gives a role to an address, or to a group of the identity provider. */
export interface RoleEntry {
  name: string;
  role: OperatorRole;
}

/** Reads an entry of OPERATOR_EMAILS: `address` alone is a supervisor, or `address=role`. Null when it is neither. */
export function toEmailEntry(text: string): RoleEntry | null {
  const { name, role } = splitEntry(text);
  const email = canonicalEmail(role === '' ? text : name);
  const given = role === '' ? 'supervisor' : toRole(role);
  return email && given ? { name: email, role: given } : null;
}

/** Reads an entry of OPERATOR_ROLES: `group=role`. Null when it is not one. */
export function toGroupEntry(text: string): RoleEntry | null {
  const { name, role } = splitEntry(text);
  const given = toRole(role);
  return name && given ? { name, role: given } : null;
}

/** Splits at the last `=`, because an address or a group may contain one. */
function splitEntry(text: string): { name: string; role: string } {
  const at = text.lastIndexOf('=');
  const role = at < 0 ? '' : text.slice(at + 1).trim();
  return at < 0 || role.includes('@') ? { name: text, role: '' } : { name: text.slice(0, at).trim(), role };
}

function toRole(text: string): OperatorRole | null {
  return OPERATOR_ROLES.find((role) => role === text) ?? null;
}

/** Reports whether every entry names its address or group once. */
export function areDistinct(entries: (RoleEntry | null)[]): boolean {
  const names = entries.flatMap((entry) => (entry ? [entry.name] : []));
  return new Set(names).size === names.length;
}

/** Where roles come from, for lib/sessions/role.ts. */
export function toOperators(env: Environment) {
  // Without a support console, all people are customers.
  const isOff = env.SUPPORT_CONSOLE === 'off';
  const asMap = (entries: RoleEntry[]) => new Map(isOff ? [] : entries.map(({ name, role }) => [name, role]));
  return {
    /** The roles of addresses. An address in this list keeps its role, whatever the provider says. */
    byEmail: asMap(env.OPERATOR_EMAILS),
    /** The provider's claim that lists a person's groups; null where groups count for nothing. */
    claim: (!isOff && env.OPERATOR_ROLES_CLAIM) || null,
    /** The roles of groups. The first group that a person has decides. */
    byGroup: asMap(env.OPERATOR_ROLES),
    /** Whether unblocking and deleting need a second person. */
    fourEyes: env.OPERATOR_FOUR_EYES === 'on',
    /** How an operator has to sign in: by the identity provider alone, where there is one, or by a link as well. */
    signIn: env.OPERATOR_SIGN_IN ?? (env.OIDC_ISSUER ? ('oidc' as const) : ('any' as const)),
  };
}

/** Refuses settings of operators that do not go together. */
export function checkOperators(env: Partial<Environment>, report: Report): void {
  if (env.SUPPORT_CONSOLE === 'off') return;
  const { OPERATOR_ROLES_CLAIM: claim, OPERATOR_ROLES: groups = [], OIDC_ISSUER: issuer } = env;
  const named = (env.OPERATOR_EMAILS ?? []).filter((entry) => entry?.role === 'supervisor').length;
  if (env.OPERATOR_FOUR_EYES === 'on' && !claim && named < 2)
    report('OPERATOR_FOUR_EYES', 'is on, and OPERATOR_EMAILS names fewer than two supervisors');
  if (!issuer && env.OPERATOR_SIGN_IN === 'oidc') report('OPERATOR_SIGN_IN', 'is oidc, and OIDC_ISSUER is not set');
  if (claim && groups.length === 0)
    report('OPERATOR_ROLES', 'is missing: OPERATOR_ROLES_CLAIM names the claim of its groups');
  if (!claim && groups.length > 0)
    report('OPERATOR_ROLES_CLAIM', 'is missing: OPERATOR_ROLES needs the claim of its groups');
  if (claim && !issuer)
    report('OPERATOR_ROLES_CLAIM', 'is a claim of the identity provider, and OIDC_ISSUER is not set');
}
