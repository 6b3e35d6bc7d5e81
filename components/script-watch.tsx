'use client';

import { useEffect } from 'react';

/** Longest wait for a script, after which the page is loaded from the server instead. */
const LATE_MS = 6000;

/**
 * Reports scripts that do not do their work as failed. The bundler waits for ever for one that never arrives, is a web
 * page of something in between, or is empty; a failed one it asks for again, and then app/error.tsx takes over.
 */
export function ScriptWatch() {
  useEffect(() => {
    const observer = new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (isPartOfPortal(node)) watch(node);
    });
    observer.observe(document.head, { childList: true });
    return () => observer.disconnect();
  }, []);
  return null;
}

function isPartOfPortal(node: Node): node is HTMLScriptElement {
  return node instanceof HTMLScriptElement && node.src.startsWith(`${window.location.origin}/_next/static/`);
}

function watch(script: HTMLScriptElement): void {
  // A script that has registered its modules has done its work: for it, this has no effect.
  const fail = () => script.dispatchEvent(new Event('error'));
  const late = setTimeout(fail, LATE_MS);
  script.addEventListener('error', () => clearTimeout(late), { once: true });
  script.addEventListener('load', () => {
    clearTimeout(late);
    fail();
  });
}
