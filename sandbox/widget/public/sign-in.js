import { call } from './call.js';
import { offerCamera } from './camera.js';
import { onSubmit, whileBusy } from './form.js';
import { action, say, showStep } from './step.js';

/** Runs Kuna's own sign-in: e-mail, one-time code, identity check of new customers. Resolves with the wallet. */
export async function signIn() {
  let answer = await askEmail();
  // "Use another e-mail" returns from the code to the e-mail.
  while (answer.step === 'code') answer = (await askCode(answer.email)) ?? (await askEmail());
  if (answer.step === 'verification') answer = await askVerification();
  return answer.wallet;
}

function askEmail() {
  return askForm(showStep('email').root, 'sign-in/code');
}

/** Asks for the code. Resolves with null for "Use another e-mail". */
function askCode(email) {
  const { root } = showStep('code', { email });
  const said = root.querySelector('[data-said]');
  const resend = action(root, 'resend');
  resend.addEventListener('click', () =>
    whileBusy(root, resend, async () => {
      said.textContent = '';
      await call('sign-in/code', { email });
      said.textContent = say('A new code is on its way.');
    }),
  );
  return Promise.race([
    askForm(root, 'sign-in/confirm'),
    new Promise((resolve) => action(root, 'back').addEventListener('click', () => resolve(null))),
  ]);
}

function askVerification() {
  const { root, signal } = showStep('verification');
  offerCamera(root, signal);
  return askForm(root, 'sign-in/verification');
}

function askForm(root, path) {
  return new Promise((resolve) => onSubmit(root, async (values) => resolve(await call(path, values))));
}
