import type { MetadataRoute } from 'next';
import { connection } from 'next/server';
import { getLocale } from 'next-intl/server';
import { brand } from '@/lib/brand/brand';
import { inLanguage } from '@/lib/choices';

/** Returns the web app manifest, for the portal on a phone's home screen. */
export default async function manifest(): Promise<MetadataRoute.Manifest> {
  await connection();
  const { background, primary } = brand.colours.light;
  return {
    name: brand.name,
    short_name: brand.name,
    description: inLanguage(brand.tagline, await getLocale()),
    lang: await getLocale(),
    start_url: '/account',
    scope: '/',
    display: 'standalone',
    background_color: background,
    theme_color: primary,
    icons: [
      { src: '/brand/icon.svg', type: 'image/svg+xml', sizes: 'any' },
      { src: '/brand/icon-192.png', type: 'image/png', sizes: '192x192', purpose: 'maskable' },
      { src: '/brand/icon-512.png', type: 'image/png', sizes: '512x512', purpose: 'any' },
    ],
  };
}
