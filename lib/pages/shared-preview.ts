import type { Metadata } from 'next';
import { brand } from '@/lib/brand/brand';
import { inLanguage, type Language } from '@/lib/choices';

/** Returns what messengers and social networks show of a shared address. Only public pages are shared. */
export function sharedPreview(locale: Language): Metadata {
  const description = inLanguage(brand.tagline, locale);
  const image = { url: '/brand/shared-link.png', width: 1200, height: 630, alt: brand.name };
  const { name } = brand;
  return { openGraph: { type: 'website', siteName: name, title: name, description, locale, images: [image] } };
}
