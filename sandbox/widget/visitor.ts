import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A test browser at the widget, over HTTP. */
export class Visitor {
  private visit = '';

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  /** Listens on any free port. */
  static async at(server: Server): Promise<Visitor> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Visitor(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.origin + path, init);
  }

  /** Opens the document. */
  async open(query: string): Promise<{ status: number; html: string; headers: Headers }> {
    const response = await this.fetch(`/?${query}`, { headers: { 'user-agent': 'Browser/1' } });
    const html = await response.text();
    this.visit = /data-visit="([^"]*)"/.exec(html)?.[1] ?? '';
    return { status: response.status, html, headers: response.headers };
  }

  /** Makes a call as the script of the last opened document does. */
  async call(path: string, body: unknown): Promise<{ status: number; response: unknown }> {
    const response = await this.fetch(`/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-widget-visit': this.visit },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, response: await response.json() };
  }

  async leave(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
