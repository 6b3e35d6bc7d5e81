'use client';

import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

/** Shows a value with a button that copies it, and announces the copy. */
export function CopyValue({ label, value }: { label: string; value: string }) {
  const t = useTranslations('ui');
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 break-all text-sm">{value}</code>
      <button
        type="button"
        onClick={copy}
        aria-label={t('copy', { label })}
        className="grid size-9 shrink-0 cursor-pointer place-items-center rounded-control text-muted-foreground hover:bg-muted hover:text-foreground"
      >
        <Icon aria-hidden className="size-4" />
      </button>
      <span role="status" className="sr-only">
        {copied ? t('copied', { label }) : ''}
      </span>
    </span>
  );
}
