import { call } from './call.js';
import { startCountdown } from './countdown.js';
import { whileBusy } from './form.js';
import { money } from './money.js';
import { action, say, setTexts, showStep } from './step.js';

const LIVE = 'The rate is fixed while the ring runs.';
const RUN_OUT = 'This quote has run out. The rate may differ now.';

/**
 * Shows a quote and accepts the simulated payment.
 *
 * @returns {Promise<object | null>} the operation or the payment at the bank, or null to change the amount
 */
export function confirmQuote(wallet, firstQuote) {
  const { root, signal } = showStep('quote', { holder: wallet.customerName });
  const buy = action(root, 'buy');
  const renew = action(root, 'renew');
  let quote = firstQuote;
  let runOut;

  const show = () => {
    setTexts(root, quoteTexts(quote));
    setLive(true);
    runOut = startCountdown(root, quote.expiresAt - quote.serverNow, signal, () => setLive(false));
  };
  const setLive = (isLive) => {
    root.classList.toggle('run-out', !isLive);
    root.querySelector('[data-said]').textContent = say(isLive ? LIVE : RUN_OUT);
    const hadFocus = document.activeElement === (isLive ? renew : buy);
    buy.hidden = !isLive;
    renew.hidden = isLive;
    if (hadFocus) (isLive ? buy : renew).focus();
  };

  buy.textContent = `${say('Buy')} ${quote.targetAsset}`;
  show();
  renew.addEventListener('click', () =>
    whileBusy(root, renew, async () => {
      ({ quote } = await call('quote', quoteRequest(quote)));
      show();
    }),
  );
  return new Promise((resolve) => {
    // Not during a purchase, which would continue unseen.
    action(root, 'back').addEventListener('click', () => buy.ariaBusy === 'true' || resolve(null));
    buy.addEventListener('click', () =>
      whileBusy(root, buy, async () => {
        try {
          resolve(await call('buy', { quoteId: quote.id }));
        } catch (error) {
          if (error.reason !== 'quote-expired') throw error;
          runOut();
        }
      }),
    );
  });
}

function quoteTexts({ sourceAmount, sourceAsset, targetAmount, targetAsset, rate, fee }) {
  return {
    get: money(targetAmount, targetAsset),
    pay: money(sourceAmount, sourceAsset, 2),
    rate: `1 ${targetAsset} = ${money(rate, sourceAsset, 2)}`,
    fee: money(fee, sourceAsset, 2),
  };
}

function quoteRequest({ sourceAsset, sourceAmount, targetAsset }) {
  return { sourceAsset, sourceAmount, targetAsset };
}
