import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { freePorts, type Program, startProgram } from './program';

declare module 'vitest' {
  export interface ProvidedContext {
    /** An address that answers a worker's number with its sandbox's addresses. */
    sandboxes: string;
  }
}

/** The addresses of a worker's sandbox. */
export interface SandboxAddress {
  apiUrl: string;
  widgetUrl: string;
  pid: number;
}

const PORTS = ['API', 'WIDGET', 'IDP', 'MAILBOX', 'SMTP', 'KYC', 'BANK'];

/** Starts one sandbox per worker at its first request. It serves every later file of the run. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const programs: Program[] = [];
  const started = new Map<string, Promise<SandboxAddress>>();
  const start = async (): Promise<SandboxAddress> => {
    const { program, ports } = await startOnFreePorts(3);
    programs.push(program);
    const [api, widget] = ports;
    return { apiUrl: `http://127.0.0.1:${api}`, widgetUrl: `http://127.0.0.1:${widget}/`, pid: program.pid };
  };
  const server = createServer(async ({ url = '' }, response) => {
    const address = started.get(url) ?? start();
    started.set(url, address);
    await address.then(
      (found) => response.end(JSON.stringify(found)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  provide('sandboxes', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    await Promise.all(programs.map((program) => program.stop()));
  };
}

/** Retries with other ports when another process takes one between our check and the sandbox's start. */
async function startOnFreePorts(tries: number): Promise<{ program: Program; ports: number[] }> {
  const ports = await freePorts(PORTS.length);
  const env = Object.fromEntries(PORTS.map((name, index) => [`SANDBOX_${name}_PORT`, String(ports[index])]));
  try {
    const program = await startProgram('sandbox/main.ts', { ...env, SANDBOX_STATE_FILE: '' }, 'sandbox ready');
    return { program, ports };
  } catch (error) {
    if (tries <= 1) throw error;
    return startOnFreePorts(tries - 1);
  }
}
