import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const FILES = ['theme.css', 'controls.css', 'steps.css', 'quote.css', 'outcome.css'];

/** The widget's style sheet, inlined into every page so that the layout does not shift. */
export const style = FILES.map((name) => readFileSync(new URL(`public/${name}`, import.meta.url), 'utf8')).join('\n');

/** The Content-Security-Policy source that allows exactly this text. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
