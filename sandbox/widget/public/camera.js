import { action, say } from './step.js';

/** Offers a photo of the document, as identity checks do. Stops the camera when the step is left. */
export function offerCamera(root, signal) {
  const video = root.querySelector('video');
  const button = action(root, 'camera');
  const said = root.querySelector('[data-photo]');
  let stream;
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.hidden = true;
  };
  signal.addEventListener('abort', stop);
  button.addEventListener('click', async () => {
    if (stream) {
      said.textContent = `${say('Photo taken.')} ${video.videoWidth} × ${video.videoHeight}`;
      button.textContent = say('Take another photo');
      stop();
      return;
    }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      said.textContent = say('The camera is not available. Allow it when your browser asks.');
      return;
    }
    if (signal.aborted) return stop();
    said.textContent = '';
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    button.textContent = say('Take the photo');
  });
}
