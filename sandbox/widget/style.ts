import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const FILES = ['theme.css', 'controls.css', 'steps.css', 'quote.css', 'outcome.css'];

/** The widget's style sheet, as it stands inside every page: nothing is ever drawn without it, so nothing moves. */
export const style = FILES.map((name) => readFileSync(new URL(`public/${name}`, import.meta.url), 'utf8')).join('\n');

/** How a Content-Security-Policy allows exactly this text. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
