import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { escapeHtml } from '../identity/escape-html';

const style = readFileSync(new URL('page.css', import.meta.url), 'utf8');

/** The Content-Security-Policy source that allows exactly the page's style. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

const WORDS = {
  en: {
    title: 'Confirm your payment',
    text: 'KUNA asks for this amount. Confirm it as you would in your bank’s application.',
    confirm: 'Confirm payment',
    refuse: 'Refuse',
    confirmed: 'Payment confirmed',
    refused: 'Payment refused',
    back: 'Return to KUNA. You can close this page.',
    unknown: 'This payment is not known',
    unknownText: 'It was already decided, or its address is incomplete.',
    sandbox: 'Sandbox: an imitation of a bank. No money moves.',
  },
  uk: {
    title: 'Підтвердьте платіж',
    text: 'KUNA просить цю суму. Підтвердьте її, як у застосунку вашого банку.',
    confirm: 'Підтвердити платіж',
    refuse: 'Відмовитися',
    confirmed: 'Платіж підтверджено',
    refused: 'Платіж відхилено',
    back: 'Поверніться до KUNA. Цю сторінку можна закрити.',
    unknown: 'Такого платежу немає',
    unknownText: 'Його вже підтверджено чи відхилено, або адреса неповна.',
    sandbox: 'Пісочниця: імітація банку. Гроші не рухаються.',
  },
};

export type Language = keyof typeof WORDS;

/** Renders the question of a bank, as after a card payment (3-D Secure). */
export function questionPage(language: Language, { id, amount }: { id: string; amount: string }): string {
  const words = WORDS[language];
  return page(
    language,
    words.title,
    `<p class="amount">${escapeHtml(amount)}</p>
    <p>${words.text}</p>
    <form method="post" action="/confirm">
      <input type="hidden" name="payment" value="${escapeHtml(id)}">
      <button name="decision" value="confirmed">${words.confirm}</button>
      <button name="decision" value="refused" class="quiet">${words.refuse}</button>
    </form>`,
  );
}

/** Renders the end of a payment in a frame or a window that the person closes. */
export function decidedPage(language: Language, status: 'confirmed' | 'refused'): string {
  return page(language, WORDS[language][status], `<p>${WORDS[language].back}</p>`);
}

export function unknownPage(language: Language): string {
  return page(language, WORDS[language].unknown, `<p>${WORDS[language].unknownText}</p>`);
}

function page(language: Language, title: string, content: string): string {
  return `<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <style>${style}</style>
</head>
<body>
  <main>
    <h1>${title}</h1>
    ${content}
    <p class="sandbox">${WORDS[language].sandbox}</p>
  </main>
</body>
</html>
`;
}
