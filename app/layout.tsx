import type { Metadata, Viewport } from 'next';
import { connection } from 'next/server';
import { getLocale } from 'next-intl/server';
import type { ReactNode } from 'react';
import { BrandStyle } from '@/components/brand-style';
import { Footer } from '@/components/footer';
import { PageTextsProvider } from '@/components/shell';
import { Watches } from '@/components/watches';
import { brand } from '@/lib/brand/brand';
import { inLanguage } from '@/lib/choices';
import { config } from '@/lib/config/config';
import { chosenTheme } from '@/lib/preferences/current';
import './globals.css';
import { footerTexts, pageTexts } from './page-texts';

/** The id of an element after everything else on the page. */
const END = 'end-of-page';

export async function generateMetadata(): Promise<Metadata> {
  await connection();
  const description = inLanguage(brand.tagline, await getLocale());
  return {
    metadataBase: new URL(config().portalOrigin),
    description,
    applicationName: brand.name,
    icons: { icon: '/brand/icon.svg', apple: '/brand/apple-icon.png' },
    // Long numbers here are amounts and ids.
    formatDetection: { telephone: false },
  };
}

export async function generateViewport(): Promise<Viewport> {
  const theme = await chosenTheme();
  const { light, dark } = brand.colours;
  const bySystem = [
    { media: '(prefers-color-scheme: light)', color: light.card },
    { media: '(prefers-color-scheme: dark)', color: dark.card },
  ];
  return {
    width: 'device-width',
    initialScale: 1,
    // Beside a notch too; app/globals.css keeps the content out of it.
    viewportFit: 'cover',
    themeColor: theme ? brand.colours[theme].card : bySystem,
  };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Renders every page per request: settings are read at run time, and each response has its own nonce.
  await connection();
  return (
    <html lang={await getLocale()} data-theme={await chosenTheme()}>
      <head>
        <BrandStyle />
        {/* Shown once all of it has arrived: in half a page, elements move as the rest comes. */}
        <link rel="expect" href={`#${END}`} blocking="render" />
      </head>
      <body className="flex min-h-dvh flex-col">
        <Watches />
        <PageTextsProvider texts={await pageTexts()}>
          {children}
          <Footer labels={await footerTexts()} />
        </PageTextsProvider>
        <template id={END} />
      </body>
    </html>
  );
}
