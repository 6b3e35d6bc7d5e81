import { getTranslations } from 'next-intl/server';
import { DETAIL_FIELDS } from '@/lib/customers/detail-fields';
import { portalPage } from '@/lib/pages/portal-page';
import { methodNotAllowed } from '@/lib/pages/refused';

export const GET = methodNotAllowed('POST');

/** Shows the input of a form that an earlier build's page posted without script. proxy.ts rewrites to it. */
export async function POST(request: Request): Promise<Response> {
  const form = await request.formData();
  const t = await getTranslations('errors.outdatedForm');
  return portalPage({
    status: 409,
    title: t('title'),
    text: t('text'),
    typed: await typedIn(form),
    link: { label: t('action'), href: '' },
  });
}

async function typedIn(form: FormData): Promise<{ label: string; text: string }[]> {
  const details = await getTranslations('details');
  const signIn = await getTranslations('signIn');
  const labels = [
    ...DETAIL_FIELDS.map((field) => ({ name: field, label: details(field) })),
    { name: 'email', label: signIn('email') },
  ];
  return labels
    .map(({ name, label }) => ({ label, text: String(form.get(name) ?? '') }))
    .filter(({ text }) => text.trim() !== '');
}
