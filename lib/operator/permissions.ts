import 'server-only';
import type { Role } from '@/lib/sessions/role';

/**
 * What each role may do in the support console. The only table of permissions: pages, actions and buttons ask `may`.
 * Agents help customers, supervisors also take what is hard to take back, auditors read and never act.
 */
export const PERMISSIONS = {
  /** Lists, searches and customer pages. */
  'read-customers': ['agent', 'supervisor', 'auditor'],
  /** Unmasked contact data. Every field is audited. */
  reveal: ['agent', 'supervisor'],
  'add-note': ['agent', 'supervisor'],
  /** Accepting details, or returning them (KYC_MODE=review). */
  review: ['agent', 'supervisor'],
  'end-kuna-session': ['agent', 'supervisor'],
  'sign-out': ['agent', 'supervisor'],
  /** Asking KunaCore again after a rejection. */
  retry: ['agent', 'supervisor'],
  block: ['supervisor'],
  unblock: ['supervisor'],
  /** Linking or dismissing a conflict. */
  resolve: ['supervisor'],
  delete: ['supervisor'],
  /** Handing a customer's data out. */
  export: ['supervisor'],
  /** The state of the integration, and its incidents: counts without a person. */
  'read-integration': ['agent', 'supervisor', 'auditor'],
  'read-audit-log': ['supervisor', 'auditor'],
  'export-audit-log': ['supervisor', 'auditor'],
} as const satisfies Record<string, readonly Exclude<Role, 'customer'>[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Reports whether a role has a permission. */
export function may(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(role);
}
