import { brand } from '@/lib/brand/brand';
import { escapeHtml } from '@/lib/html/escape';

/** The content of a mail. All mails have the same layout. */
export interface MailContent {
  /** Language of the text. */
  lang: string;
  heading: string;
  paragraphs: string[];
  action: { label: string; url: string };
  footer: string;
}

/** Renders a mail as HTML and plain text. Uses tables and inline styles, because mail programs support little else. */
export function renderMail(content: MailContent): { html: string; text: string } {
  return { html: html(content), text: text(content) };
}

function text({ heading, paragraphs, action, footer }: MailContent): string {
  return [heading, ...paragraphs, `${action.label}:\n${action.url}`, footer, brand.name].join('\n\n');
}

/** Mail programs with a dark mode that keep style elements use the dark palette; others the inline styles. */
function darkStyle(): string {
  const { primary, primaryForeground, background, card } = brand.colours.dark;
  return [
    ':root{color-scheme:light dark}@media (prefers-color-scheme:dark){',
    `.page{background:${background}!important;color:#e8eaf0!important}.card{background:${card}!important}`,
    `.brand{color:${primary}!important}.footer{color:#a3abba!important}`,
    `.action{background:${primary}!important;color:${primaryForeground}!important}}`,
  ].join('');
}

function html({ lang, heading, paragraphs, action, footer }: MailContent): string {
  const { primary, primaryForeground } = brand.colours.light;
  const body = paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`).join('');
  return `<!doctype html>
<html lang="${escapeHtml(lang)}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>${darkStyle()}</style><title>${escapeHtml(heading)}</title></head>
<body class="page" style="margin:0;background:#f4f5f7;font-family:Helvetica,Arial,sans-serif;color:#16181d">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:480px;background:#ffffff;border-radius:16px">
<tr><td style="padding:32px;font-size:16px;line-height:24px">
<p class="brand" style="margin:0 0 24px;font-weight:bold;color:${primary}">${escapeHtml(brand.name)}</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:28px">${escapeHtml(heading)}</h1>
${body}
<p style="margin:24px 0"><a class="action" href="${escapeHtml(action.url)}" style="display:inline-block;padding:12px 24px;border-radius:10px;background:${primary};color:${primaryForeground};font-weight:bold;text-decoration:none">${escapeHtml(action.label)}</a></p>
<p class="footer" style="margin:0;font-size:13px;line-height:20px;color:#5c6370">${escapeHtml(footer)}</p>
</td></tr></table></td></tr></table></body></html>`;
}
