import { brand } from './brand';

/** Returns a link that opens a mail to support. Its subject says what it is about and from which user, which support can find. */
export function supportMail(subject: string, userId: string): string {
  return `mailto:${brand.support.email}?subject=${encodeURIComponent(`${subject} (${userId})`)}`;
}

/** Returns a link that calls support. */
export const supportCall = `tel:${brand.support.phone.replace(/[^+\d]/g, '')}`;
