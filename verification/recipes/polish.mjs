// Writes lib/messages/pl.json: English with the navigation, the sign-in and the consent in Polish, and with Polish plurals.
import { readFileSync, writeFileSync } from 'node:fs';

const POLISH = {
  'shell.account': 'Przegląd',
  'shell.buy': 'Kup',
  'shell.activity': 'Historia',
  'shell.details': 'Dane',
  'shell.devices': 'Urządzenia',
  'shell.signOut': 'Wyloguj się',
  'shell.signIn': 'Zaloguj się',
  'signIn.title': 'Zaloguj się w {brand}',
  'signIn.email': 'E-mail',
  'signIn.sendLink': 'Wyślij mi link',
  'details.consent':
    'Wyrażam zgodę, aby {brand} przekazał te dane firmie Kuna w celu otwarcia portfela i realizacji moich zakupów.',
};

/** Repeats `other` as the forms that English lacks: a translator would write them. */
function withPlurals(text) {
  const at = text.search(/, plural,/);
  if (at < 0) return text;
  const other = text.indexOf('other {', at);
  let depth = 0;
  let end = other + 'other '.length;
  do {
    if (text[end] === '{') depth += 1;
    if (text[end] === '}') depth -= 1;
    end += 1;
  } while (depth > 0);
  const form = text.slice(other + 'other '.length, end);
  return `${text.slice(0, other)}few ${form} many ${form} ${text.slice(other, end)}${withPlurals(text.slice(end))}`;
}

function translate(tree, prefix = '') {
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [
      name,
      typeof value === 'string' ? (POLISH[prefix + name] ?? withPlurals(value)) : translate(value, `${prefix + name}.`),
    ]),
  );
}

const english = JSON.parse(readFileSync('lib/messages/en.json', 'utf8'));
writeFileSync('lib/messages/pl.json', `${JSON.stringify(translate(english), null, 2)}\n`);
