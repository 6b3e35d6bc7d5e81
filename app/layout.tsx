import type { Metadata, Viewport } from 'next';
import { connection } from 'next/server';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale, getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { brand } from '@/lib/brand/brand';
import { brandTokens } from '@/lib/brand/tokens';
import './globals.css';

export const metadata: Metadata = { title: { default: brand.name, template: `%s · ${brand.name}` } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is rendered per request: nothing of the environment is baked in, and each answer has its own nonce.
  await connection();
  const { frame: _frame, mail: _mail, landing: _landing, signIn: _signIn, ...messages } = await getMessages();
  return (
    <html lang={await getLocale()}>
      <head>
        <style>{brandTokens}</style>
      </head>
      <body>
        <NextIntlClientProvider messages={messages}>{children}</NextIntlClientProvider>
      </body>
    </html>
  );
}
