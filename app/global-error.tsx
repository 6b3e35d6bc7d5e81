'use client';

import { useState, useSyncExternalStore } from 'react';
import { AsServed, useServedNodes } from '@/components/as-served';
import { BrandStyle } from '@/components/brand-style';
import { isMissingScript } from '@/components/load-failures';
import { brand } from '@/lib/brand/brand';
import { type ByLanguage, inLanguage, LANGUAGES, type Language } from '@/lib/choices';
import { shortNumber } from '@/lib/utils';
import './globals.css';

interface Texts {
  title: string;
  text: string;
  action: string;
  reference: string;
}

// The layout failed, and with it the message files, so these texts are in the code.
const TEXTS: ByLanguage<Texts> = {
  en: {
    title: 'Something went wrong on our side',
    text: 'Your data is safe. Please try again.',
    action: 'Try again',
    reference: 'Number',
  },
  uk: {
    title: 'Щось пішло не так на нашому боці',
    text: 'Ваші дані в безпеці. Спробуйте ще раз.',
    action: 'Спробувати ще раз',
    reference: 'Номер',
  },
};

export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  const language = useSyncExternalStore(
    () => () => {},
    browserLanguage,
    () => brand.language,
  );
  const served = useServedNodes(isMissingScript(error), 'body');
  if (served) return <PageAsServed served={served} />;
  const { title, text, action, reference } = inLanguage(TEXTS, language);
  return (
    <html lang={language}>
      <Head title={title} />
      <body>
        <main className="mx-auto grid min-h-dvh max-w-md content-center justify-items-center gap-4 p-6 text-center">
          <h1 className="text-balance font-bold text-2xl">{title}</h1>
          <p className="text-muted-foreground">{text}</p>
          {error.digest && (
            <p className="select-all text-muted-foreground text-sm">
              {reference}: {shortNumber(error.digest)}
            </p>
          )}
          <button
            type="button"
            onClick={() => window.location.reload()}
            className="min-h-12 cursor-pointer rounded-control bg-primary px-5 font-semibold text-primary-foreground"
          >
            {action}
          </button>
        </main>
      </body>
    </html>
  );
}

function browserLanguage(): Language {
  return LANGUAGES.find((language) => navigator.language.startsWith(language)) ?? 'en';
}

/** Keeps the server's HTML when only a script of the layout is missing. */
function PageAsServed({ served }: Pick<Parameters<typeof AsServed>[0], 'served'>) {
  const [{ title, lang, theme, className }] = useState(() => ({
    title: document.title,
    lang: document.documentElement.lang,
    theme: document.documentElement.dataset.theme,
    className: document.body.className,
  }));
  return (
    <html lang={lang} data-theme={theme}>
      <Head title={title} />
      <body>
        <AsServed served={served} className={className} />
      </body>
    </html>
  );
}

function Head({ title }: { title: string }) {
  return (
    <head>
      <title>{title}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <BrandStyle />
    </head>
  );
}
