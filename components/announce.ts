'use client';

/** The id of the shell's status region (components/shell.tsx). */
export const STATUS_REGION = 'status-region';

/** Makes screen readers say a message when they have finished speaking, without moving the focus (WCAG 4.1.3). */
export function announce(text: string): void {
  const region = document.getElementById(STATUS_REGION);
  if (!region) return;
  // A region that keeps its text is not announced again.
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
