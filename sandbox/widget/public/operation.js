import { call } from './call.js';
import { money } from './money.js';
import { action, say, setTexts, showStep } from './step.js';

const POLL_EVERY = 1000;

/** A status's title, its meaning, and whether another purchase can follow. Unknown ones are shown unchanged. */
const STATUSES = {
  Created: { label: 'Created', sentence: 'We have your order.' },
  Processing: {
    label: 'Processing',
    sentence: 'Your payment is taken and the crypto is on its way. You can wait here.',
  },
  Completed: { label: 'Completed', sentence: 'The crypto is in your wallet.', isSettled: true },
  OnHold: {
    label: 'On hold',
    sentence: 'KUNA is checking this purchase. There is nothing you need to do.',
    isSettled: true,
  },
  Declined: {
    label: 'Declined',
    sentence: 'The payment did not go through. Your card was not charged.',
    isSettled: true,
  },
};

/** Shows the step that follows an operation. Resolves with the current wallet when the person buys more. */
export function followOperation(wallet, operation) {
  const { root, signal } = showStep('operation');
  const more = action(root, 'more');
  let latest = wallet;

  const show = (current) => {
    setTexts(root, operationTexts(current, latest));
    root.dataset.status = current.status;
    more.hidden = !STATUSES[current.status]?.isSettled;
  };
  const poll = async () => {
    try {
      const answer = await call('operation', { id: operation.id });
      if (signal.aborted) return;
      latest = answer.wallet;
      show(answer.operation);
      if (isFinal(answer.operation)) return;
    } catch {
      // The next poll tries again.
    }
    setTimeout(() => signal.aborted || poll(), POLL_EVERY);
  };

  show(operation);
  poll();
  return new Promise((resolve) => more.addEventListener('click', () => resolve(latest)));
}

function operationTexts({ id, status, sourceAmount, sourceAsset, targetAmount, targetAsset }, { balances }) {
  const { label = status, sentence = '' } = STATUSES[status] ?? {};
  const held = balances.find(({ asset }) => asset === targetAsset)?.balance ?? '0';
  return {
    status: say(label),
    sentence: say(sentence),
    pay: money(sourceAmount, sourceAsset, 2),
    get: money(targetAmount, targetAsset),
    balanceLabel: say(status === 'Completed' ? 'New balance' : 'Balance'),
    balance: money(held, targetAsset),
    id,
  };
}

function isFinal({ status }) {
  return status === 'Completed' || status === 'Declined';
}
