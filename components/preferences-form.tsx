'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { type FormEvent, type ReactNode, useState } from 'react';
import { LANGUAGES, THEMES, type Theme } from '@/lib/choices';
import { sendPreference } from './send-preference';

const ICONS = { system: Monitor, light: Sun, dark: Moon };
/** Each in its own language: who looks for theirs may not read the other. */
const NAMES = { en: 'English', uk: 'Українська' };

/**
 * Language and theme. A plain form; with script it is sent in the background and the page drawn anew in place, so that
 * what somebody is typing stays.
 */
export function PreferencesForm({ theme }: { theme: Theme }) {
  const t = useTranslations('preferences');
  const language = useLocale();
  const [chosen, setChosen] = useState(theme);
  const send = useSendInPlace(({ name, value }) => {
    const next = THEMES.find((one) => name === 'theme' && one === value);
    if (!next) return;
    setChosen(next);
    applyTheme(next);
  });
  return (
    <form action="/preferences" method="post" onSubmit={send} className="flex flex-wrap gap-3">
      <Group label={t('language')}>
        {LANGUAGES.map((one) => (
          <Choice key={one} name="language" value={one} chosen={one === language}>
            <span lang={one}>{NAMES[one]}</span>
          </Choice>
        ))}
      </Group>
      <Group label={t('theme')}>
        {THEMES.map((one) => {
          const Icon = ICONS[one];
          return (
            <Choice key={one} name="theme" value={one} chosen={one === chosen} label={t(`themes.${one}`)}>
              <Icon aria-hidden className="size-4" />
            </Choice>
          );
        })}
      </Group>
    </form>
  );
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="flex rounded-control border border-border bg-card p-0.5">
      <legend className="sr-only">{label}</legend>
      {children}
    </fieldset>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  chosen: boolean;
  label?: string;
  children: ReactNode;
}

function Choice({ name, value, chosen, label, children }: ChoiceProps) {
  return (
    <button
      type="submit"
      name={name}
      value={value}
      aria-pressed={chosen}
      aria-label={label}
      title={label}
      className="inline-flex min-h-9 min-w-9 cursor-pointer items-center justify-center rounded-[calc(var(--radius-control)-2px)] px-2.5 hover:text-foreground aria-pressed:bg-muted aria-pressed:font-medium aria-pressed:text-foreground"
    >
      {children}
    </button>
  );
}

function useSendInPlace(onChosen: (button: HTMLButtonElement) => void) {
  const router = useRouter();
  return async (event: FormEvent<HTMLFormElement>) => {
    const button = (event.nativeEvent as SubmitEvent).submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    onChosen(button);
    await sendPreference(button.name, button.value);
    if (button.name === 'language') router.refresh();
  };
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
