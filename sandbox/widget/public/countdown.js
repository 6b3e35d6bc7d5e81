import { say, setTexts } from './step.js';

/**
 * Runs the ring of a step's countdown.
 *
 * @param {number} milliseconds until the end, by the server's clock
 * @param {AbortSignal} signal stops it silently
 * @param {() => void} onOver
 * @returns {() => void} ends it at once, as at the end of its time
 */
export function startCountdown(root, milliseconds, signal, onOver) {
  let over = performance.now() + milliseconds;
  const ring = root.querySelector('.countdown .left');
  const tick = () => {
    const left = Math.max(0, over - performance.now());
    setTexts(root, { seconds: say(`${Math.ceil(left / 1000)} s`) });
    ring.setAttribute('stroke-dashoffset', String(100 - (100 * left) / milliseconds));
    if (left > 0) return;
    clearInterval(timer);
    onOver();
  };
  const timer = setInterval(tick, 250);
  signal.addEventListener('abort', () => clearInterval(timer));
  tick();
  return () => {
    over = 0;
    tick();
  };
}
