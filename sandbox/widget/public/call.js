import { action, say, showStep } from './step.js';

const { visit, start } = document.querySelector('#widget').dataset;

/** A call that was refused or did not reach KUNA. `fields` has a sentence for each invalid field. */
export class Refused extends Error {
  constructor(answer) {
    super(answer.message ?? 'Something went wrong. Try again.');
    this.reason = answer.error;
    this.fields = answer.fields ?? {};
  }
}

/**
 * Calls the widget's server. If the session has ended, the page says so and the call never returns, because the
 * calling step is gone.
 *
 * @param {string} path below `/api/`
 * @returns {Promise<any>} the response
 * @throws {Refused}
 */
export async function call(path, body = {}) {
  const { status, answer } = await send(path, body);
  if (status === 200) return answer;
  if (status !== 401) throw new Refused(answer);
  showEnded(answer.message);
  return new Promise(() => {});
}

async function send(path, body) {
  try {
    const response = await fetch(`/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-widget-visit': visit },
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: AbortSignal.timeout(15_000),
    });
    return { status: response.status, answer: await response.json() };
  } catch {
    throw new Refused({ error: 'unreachable', message: 'KUNA cannot be reached. Check the connection and try again.' });
  }
}

function showEnded(sentence) {
  const { root } = showStep('ended', { sentence: say(sentence) });
  const isKuna = JSON.parse(start).step === 'sign-in';
  root.querySelector('[data-next="partner"]').hidden = isKuna;
  const again = action(root, 'again');
  again.hidden = !isKuna;
  again.addEventListener('click', () => location.reload());
}
