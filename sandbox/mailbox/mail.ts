/** A mail in the mailbox and in `GET /api/mails`. */
export interface Mail {
  id: string;
  /** The envelope's recipients, blind copies included, separated by `, `. */
  to: string;
  from: string;
  subject: string;
  /** The time of arrival, ISO 8601. */
  date: string;
  text: string;
  /** Empty when the mail has no HTML part. */
  html: string;
  /** Every http(s) address in the HTML part's links and the text part, each once, in that order. */
  links: string[];
}

const WEB_ADDRESS = /https?:\/\/[^\s<>"']+/g;
const HREF = /<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;

/** Returns the web addresses in a mail. */
export function findLinks(html: string, text: string): string[] {
  const fromHtml = [...html.matchAll(HREF)].map(([, double, single]) => decodeAmpersands(double ?? single ?? ''));
  const fromText = splitByLinks(text).flatMap((part) => (part.link ? [part.text] : []));
  return [...new Set([...fromHtml.filter(isWebAddress), ...fromText])];
}

/** Splits a text into web addresses and the text between them. Final punctuation is not part of an address. */
export function splitByLinks(text: string): { text: string; link: boolean }[] {
  const parts: { text: string; link: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(WEB_ADDRESS)) {
    const address = match[0].replace(/[.,;:!?)\]]+$/, '');
    if (match.index > end) parts.push({ text: text.slice(end, match.index), link: false });
    parts.push({ text: address, link: true });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), link: false });
  return parts;
}

function isWebAddress(address: string): boolean {
  return /^https?:\/\//.test(address);
}

/** Decodes ampersands in their three spellings, the only entities in web addresses. */
function decodeAmpersands(attribute: string): string {
  return attribute.replace(/&(?:amp|#38|#x26);/gi, '&');
}
