/** A mail as the mailbox keeps it and as `GET /api/mails` shows it. */
export interface Mail {
  id: string;
  /** The recipients it was delivered to (the envelope's, so blind copies too), separated by `, `. */
  to: string;
  from: string;
  subject: string;
  /** When it arrived, ISO 8601. */
  date: string;
  text: string;
  /** Empty when the mail has no HTML part. */
  html: string;
  /** Every http(s) address in the HTML part's links and the text part, each once, in that order. */
  links: string[];
}

const WEB_ADDRESS = /https?:\/\/[^\s<>"']+/g;
const HREF = /<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;

/** Finds the web addresses of a mail. */
export function findLinks(html: string, text: string): string[] {
  const fromHtml = [...html.matchAll(HREF)].map(([, double, single]) => decodeAmpersands(double ?? single ?? ''));
  const fromText = splitByLinks(text).flatMap((part) => (part.link ? [part.text] : []));
  return [...new Set([...fromHtml.filter(isWebAddress), ...fromText])];
}

/** Cuts a text into its web addresses and what stands between them. Punctuation that ends a sentence is no address. */
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

/** The only entities that stand in web addresses are ampersands, in their three spellings. */
function decodeAmpersands(attribute: string): string {
  return attribute.replace(/&(?:amp|#38|#x26);/gi, '&');
}
