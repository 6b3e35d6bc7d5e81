import { brand } from './brand';

/** Returns a link that opens a mail to support with a subject, so that support sees at once what it is about. */
export function supportMail(subject: string): string {
  return `mailto:${brand.support.email}?subject=${encodeURIComponent(subject)}`;
}

/** Returns a link that calls support. */
export const supportCall = `tel:${brand.support.phone.replaceAll(' ', '')}`;
