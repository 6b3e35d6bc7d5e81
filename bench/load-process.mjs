// Sends requests over a fixed number of connections and reports what came back. It runs in a process of its own, so
// that it costs every server the same. Receives one order over IPC and returns one result.
import { Agent, request } from 'node:http';

process.once('message', async (order) => {
  process.send(await run(order));
  process.disconnect();
});

/**
 * @param order.targets the requests, taken in turn: { url, method, headers, body }.
 * @param order.until ends it: { seconds } or { requests }.
 */
async function run({ targets, connections, until }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = {};
  const milliseconds = [];
  const began = performance.now();
  let sent = 0;
  const isOver = () => (until.requests ? sent >= until.requests : performance.now() - began >= until.seconds * 1000);
  const connection = async () => {
    while (!isOver()) {
      const target = targets[sent % targets.length];
      sent += 1;
      const from = performance.now();
      const status = await send(target, agent);
      milliseconds.push(performance.now() - from);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return { statuses, milliseconds, seconds, perSecond: milliseconds.length / seconds };
}

/** Reads the whole response, as a browser does. @returns its status, or the error's code. */
function send({ url, method = 'GET', headers, body }, agent) {
  return new Promise((resolve) => {
    const call = request(url, { method, headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', (error) => resolve(error.code));
    });
    call.on('error', (error) => resolve(error.code));
    call.end(body);
  });
}
