'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, type ReactNode, useState } from 'react';
import { LANGUAGE_NAMES, THEMES, type Theme } from '@/lib/choices';
import { usePageTexts } from './page-texts';
import { sendPreference } from './send-preference';

const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** Sets the language, in the header's menu. */
export function LanguageForm() {
  const send = useSendInPlace(() => {});
  return (
    <form action="/preferences" method="post" onSubmit={send} className="flex">
      <LanguageChoice />
    </form>
  );
}

/** Sets language and theme. With script it posts in the background and refreshes in place, which keeps typed input. */
export function PreferencesForm() {
  const { theme, labels } = usePageTexts().preferences;
  const [chosen, setChosen] = useState(theme);
  const send = useSendInPlace(({ name, value }) => {
    const next = THEMES.find((known) => name === 'theme' && known === value);
    if (!next) return;
    setChosen(next);
    applyTheme(next);
  });
  return (
    <form action="/preferences" method="post" onSubmit={send} className="flex flex-wrap gap-3">
      <LanguageChoice />
      <Group label={labels.theme}>
        {THEMES.map((name) => {
          const Icon = ICONS[name];
          return (
            <Choice key={name} name="theme" value={name} chosen={name === chosen} label={labels.themes[name]}>
              <Icon aria-hidden className="size-4" />
            </Choice>
          );
        })}
      </Group>
    </form>
  );
}

/** Shows nothing where there is one language only. */
function LanguageChoice() {
  const { language, languages, labels } = usePageTexts().preferences;
  if (languages.length === 1) return null;
  return (
    <Group label={labels.language}>
      {languages.map((code) => (
        <Choice key={code} name="language" value={code} chosen={code === language}>
          <span lang={code}>{LANGUAGE_NAMES[code]}</span>
        </Choice>
      ))}
    </Group>
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
      className="choice"
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
