import type { ByLanguage } from '@/lib/choices';

/**
 * The wordings of the consent, by version and language, with the placeholder `{brand}`. A wording that people agreed to
 * stays here for good. The newest one is also `details.consent` in the message files.
 */
export const CONSENT_TEXTS: Record<string, ByLanguage<string>> = {
  '2026-11-01': {
    en: 'I agree that {brand} hands these details to Kuna, so that Kuna can open a wallet for me and carry out my purchases.',
    uk: 'Я погоджуюся, що {brand} передасть ці дані Kuna, щоб Kuna могла відкрити для мене гаманець і виконувати мої покупки.',
  },
  '2026-11-26': {
    en: 'I agree that {brand} shares these details with Kuna, so that Kuna can open a wallet for me and carry out my purchases.',
    uk: 'Я даю згоду {brand} на передання цих даних компанії Kuna для відкриття гаманця та виконання моїх покупок.',
  },
};

/** Returns the wording of a version in every language, or null when it is not known. */
export function consentText(version: string): ByLanguage<string> | null {
  return CONSENT_TEXTS[version] ?? null;
}
