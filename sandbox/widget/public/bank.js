import { call } from './call.js';
import { action, showStep } from './step.js';

const POLL_EVERY = 1000;

/**
 * Shows the bank's page in one of its ways, and waits for the person's decision there. The server is asked for it: a
 * careful bank isolates its window, so no message would arrive.
 *
 * @param {{ id: string, page: 'nested' | 'pop-up' | 'own-navigation', address: string }} payment
 * @returns {Promise<object | undefined>} the operation, or undefined if the payment was refused
 */
export function payAtBank({ id, page, address }) {
  if (page === 'own-navigation') {
    location.assign(address);
    return new Promise(() => {});
  }
  const { root, signal } = showStep('bank');
  const frame = root.querySelector('iframe');
  const link = action(root, 'bank');
  frame.hidden = page !== 'nested';
  link.hidden = page !== 'pop-up';
  if (page === 'nested') frame.src = address;
  else {
    // Browsers may block the pop-up. The link opens the same window.
    link.href = address;
    link.target = `bank-${id}`;
    window.open(address, link.target, 'popup,width=480,height=640');
  }
  return new Promise((resolve) => {
    const poll = async () => {
      const answer = await call('payment', { id }).catch(({ reason }) => ({
        status: reason === 'unreachable' ? 'waiting' : 'refused',
      }));
      if (signal.aborted) return;
      if (answer.status === 'waiting') setTimeout(poll, POLL_EVERY);
      else resolve(answer.operation);
    };
    poll();
  });
}
