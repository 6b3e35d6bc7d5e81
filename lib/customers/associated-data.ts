import type { DetailField } from './detail-fields';

/** Returns the associated data of a field of the details (lib/crypto/keyring.ts). */
export function associatedData(userId: string, field: DetailField): string {
  return `details.${field}.${userId}`;
}
