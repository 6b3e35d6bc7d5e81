'use client';

import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

interface CopyValueProps {
  label: string;
  value: string;
  /** The value is a sentence, not a code or an id. */
  prose?: boolean;
}

/** Shows a value with a button that copies it, and announces the copy. */
export function CopyValue({ label, value, prose = false }: CopyValueProps) {
  const t = useTranslations('ui');
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <span className="flex items-center gap-1">
      {prose ? (
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{value}</span>
      ) : (
        <code className="min-w-0 break-all text-sm">{value}</code>
      )}
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
