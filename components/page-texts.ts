'use client';

import { createContext, useContext } from 'react';
import type { Language, Theme } from '@/lib/choices';

interface Texts {
  title: string;
  text: string;
  action: string;
}

/** The chosen language and theme, and the texts to choose others. */
export interface PreferenceTexts {
  language: Language;
  /** Those that people can choose. */
  languages: Language[];
  theme: Theme;
  labels: { language: string; theme: string; themes: Record<Theme, string> };
}

/** Texts that every page needs in the browser, because it can fail there. */
export interface PageTexts {
  skip: string;
  home: string;
  /** The name of the account menu. */
  menu: string;
  preferences: PreferenceTexts;
  /** Operations have receipts (STATEMENTS). */
  hasReceipts: boolean;
  notFound: Texts;
  crash: Texts;
  incomplete: Texts;
  outdated: Texts;
  /** With `{id}` for the number. */
  reference: string;
}

/** Apart from its provider (shell.tsx): in development, a module with more than components reloads the page. */
export const PageTextsContext = createContext<PageTexts | null>(null);

/** Returns the texts that every page needs in the browser. */
export function usePageTexts(): PageTexts {
  const texts = useContext(PageTextsContext);
  if (!texts) throw new Error('PageTextsProvider is missing (app/layout.tsx)');
  return texts;
}
