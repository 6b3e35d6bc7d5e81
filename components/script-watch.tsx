'use client';

import { useEffect } from 'react';

/** Longest wait for a script to load. */
const TIMEOUT_MS = 6000;

/**
 * Reports scripts that are late, empty or replaced by a proxy's HTML page as failed. The bundler would wait for them
 * for ever. It retries a failed script, and then app/error.tsx takes over.
 */
export function ScriptWatch() {
  useEffect(() => {
    const observer = new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (isPortalScript(node)) watch(node);
    });
    observer.observe(document.head, { childList: true });
    return () => observer.disconnect();
  }, []);
  return null;
}

function isPortalScript(node: Node): node is HTMLScriptElement {
  return node instanceof HTMLScriptElement && node.src.startsWith(`${window.location.origin}/_next/static/`);
}

function watch(script: HTMLScriptElement): void {
  // Has no effect on a script that has registered its modules.
  const fail = () => script.dispatchEvent(new Event('error'));
  const late = setTimeout(fail, TIMEOUT_MS);
  script.addEventListener('error', () => clearTimeout(late), { once: true });
  script.addEventListener('load', () => {
    clearTimeout(late);
    fail();
  });
}
