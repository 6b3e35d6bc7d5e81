// The least that a portal can do: a page with a frame, and one call to KunaCore when the frame is requested.
import { Agent, createServer, request } from 'node:http';

const { PORT, KUNACORE_API_URL, KUNACORE_API_KEY, CUSTOMER_ID, WIDGET_URL } = process.env;
const agent = new Agent({ keepAlive: true });
const PAGE = `<!doctype html><html lang="en"><title>Buy crypto</title>
<h1>Buy crypto</h1><iframe title="KUNA widget" src="/frame" width="480" height="640"></iframe></html>`;

createServer(async ({ url, headers }, response) => {
  if (url === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(PAGE);
  } else if (url === '/frame') {
    const token = await issueToken(headers['user-agent']);
    const location = `${WIDGET_URL}?refreshToken=${encodeURIComponent(token)}`;
    response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
  } else response.writeHead(404).end();
}).listen(Number(PORT), '127.0.0.1');

function issueToken(userAgent) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'api-key': KUNACORE_API_KEY };
    const call = request(`${KUNACORE_API_URL}/v2/ramp/token`, { method: 'POST', headers, agent }, async (response) => {
      const chunks = await response.toArray();
      resolve(JSON.parse(Buffer.concat(chunks).toString()).data.token);
    });
    call.on('error', reject);
    call.end(JSON.stringify({ customerId: CUSTOMER_ID, userAgent }));
  });
}
