// Service worker with one job: without a connection, a page of ours instead of the browser's. It keeps nothing else,
// and while there is a connection it touches no request: sign-in, account and frame are between browser and portal.
const KEPT = 'offline-page';

self.addEventListener('message', ({ data }) => {
  // Asked for on every visit: the page is in the language and the theme of today.
  if (data === 'keep-offline-page') caches.open(KEPT).then((cache) => cache.add('/offline'));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (navigator.onLine || request.mode !== 'navigate' || request.destination !== 'document') return;
  event.respondWith(fetch(request).catch(async () => (await caches.match('/offline')) ?? Response.error()));
});
