import { createHash } from 'node:crypto';
import { brand } from './brand';

const { primary, onPrimary, primaryDark, onPrimaryDark } = brand.colours;

/** The brand's colours as CSS variables; app/globals.css builds its tokens on them. */
export const brandTokens = `:root{--brand-primary:${primary};--brand-on-primary:${onPrimary};--brand-primary-dark:${primaryDark};--brand-on-primary-dark:${onPrimaryDark}}`;

/** How a Content-Security-Policy allows exactly this inline style (CSP Level 3, hash source). */
export const brandTokensHash = `'sha256-${createHash('sha256').update(brandTokens).digest('base64')}'`;
