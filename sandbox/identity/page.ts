import type { BankSession } from './bank-sessions';
import { escapeHtml } from './escape-html';
import { STYLE_PATH } from './respond';
import { findClaims, type SampleCustomer, sampleCustomers } from './sample-customers';

const BANK =
  '<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M4 9.5 12 5l8 4.5M5 9.5h14M7 12.5v4M12 12.5v4M17 12.5v4M4.5 19.5h15"/></svg>';
const CHEVRON =
  '<svg class="chevron" viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="m8 5 5 5-5 5"/></svg>';

/** Renders the page on which a person chooses a sample customer. */
export function signInPage(clientName: string): string {
  return page(
    'Sign in',
    `<h1>Who is signing in?</h1>
    <p class="lead"><strong>${escapeHtml(clientName)}</strong> asks Sample Bank ID for your name, e-mail, phone number and address.</p>
    <ul class="customers">
      ${sampleCustomers.map(choice).join('\n      ')}
    </ul>
    <form method="post"><button class="cancel" name="cancel" value="yes">Cancel</button></form>`,
  );
}

/** Renders the page at the issuer's own address. */
export function startPage(portalUrls: string[], sessions: BankSession[]): string {
  const links = portalUrls.map((url) => `<li><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></li>`);
  return page(
    'Sample Bank ID',
    `<h1>Sample Bank ID</h1>
    <p class="lead">The sandbox's identity provider. A sign-in starts at the portal:</p>
    <ul class="links">${links.join('')}</ul>
    ${sessions.map(sessionForm).join('\n    ')}
    <p class="lead">Its <a href="/.well-known/openid-configuration">OpenID Connect configuration</a> is for machines.</p>`,
  );
}

/** Ends a person's session at the bank, which the portal then learns (END_AT_BANK_PATH in sign-out.ts). */
function sessionForm({ uid, accountId }: BankSession): string {
  const name = findClaims(accountId)?.name ?? accountId;
  return `<form method="post" action="/sessions/end"><p class="lead">${escapeHtml(name)} is signed in at this bank.</p>
      <button class="cancel" name="uid" value="${escapeHtml(uid)}">End this person’s session at the bank</button></form>`;
}

/** Renders an error page. */
export function refusalPage(title: string, description: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1>\n    <p class="lead">${escapeHtml(description)}</p>`);
}

/** Puts the name first, so that it begins the button's accessible name. */
function choice({ claims, note, tone }: SampleCustomer): string {
  const initials = claims.given_name.charAt(0) + claims.family_name.charAt(0);
  return `<li><form method="post"><button class="customer" name="sub" value="${escapeHtml(claims.sub)}">
        <span class="avatar" aria-hidden="true" data-initials="${escapeHtml(initials)}"></span>
        <span class="who"><span class="name">${escapeHtml(claims.name)}</span> <span class="email">${escapeHtml(claims.email)}</span> <span class="note ${tone}">${escapeHtml(note)}</span></span>
        ${CHEVRON}
      </button></form></li>`;
}

function page(title: string, content: string): string {
  const fullTitle = title === 'Sample Bank ID' ? title : `${title} · Sample Bank ID`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${escapeHtml(fullTitle)}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
  <header><span class="brand"><span class="mark">${BANK}</span>Sample Bank ID</span><span class="badge">Sandbox</span></header>
  <main>
    ${content}
  </main>
  <footer>The people here are invented, and no bank is involved.</footer>
</body>
</html>
`;
}
