import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import { peekSession } from '@/lib/auth/session';
import type { Language } from '@/lib/choices';
import { config } from '@/lib/config/config';
import { toLanguage } from '@/lib/config/language';
import { isSameOrigin } from '@/lib/http/same-origin';
import { describeError, log } from '@/lib/log/log';
import { formRoute } from '@/lib/pages/form-route';
import { methodNotAllowed } from '@/lib/pages/refused';
import { browserPreferences } from '@/lib/preferences/current';
import { parsePreferences, preferencesCookie } from '@/lib/preferences/preferences';
import { saveLanguage } from '@/lib/preferences/save';
import { getServices } from '@/lib/services';

export const GET = methodNotAllowed('POST');

/** Stores language, theme and currency, and redirects to the page with the form. Works without script. */
export const POST = formRoute({ unconfirmed: 'preferences', back: '/' }, async (request) => {
  const { secure, portalOrigin } = config();
  if (!isSameOrigin(request.headers, portalOrigin))
    return new Response('Cross-site request refused.\n', { status: 403 });
  const form = await request.formData().catch(() => new FormData());
  const chosen = parsePreferences(form);
  const language = toLanguage(chosen.language);
  const known = Object.fromEntries(Object.entries({ ...chosen, language }).filter(([, value]) => value));
  (await cookies()).set(preferencesCookie(secure, { ...(await browserPreferences()), ...known }));
  if (language) await saveForAccount(language);
  return new Response(null, { status: 303, headers: { location: portalOrigin + refererPath(request) } });
});

/** Stores the language in the account too, for mails and other browsers. */
async function saveForAccount(language: Language): Promise<void> {
  try {
    const session = await peekSession();
    if (session) await saveLanguage(await getServices(), session.userId, language);
  } catch (error) {
    log().warn({ event: 'language_not_kept', error: describeError(error) });
  }
}

/** Returns the path of the page with the form, from `Referer`. Falls back to the start page. */
function refererPath(request: NextRequest): string {
  const referer = request.headers.get('referer') ?? '';
  if (!URL.canParse(referer)) return '/';
  const { origin, pathname, search } = new URL(referer);
  return origin === config().portalOrigin && !pathname.startsWith('//') ? pathname + search : '/';
}
