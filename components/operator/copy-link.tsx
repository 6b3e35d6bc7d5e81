'use client';

import { Check, Link2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

/** Copies an address that is too long to show, and announces the copy. */
export function CopyLink({ label, href }: { label: string; href: string }) {
  const t = useTranslations('ui');
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(href);
    setCopied(true);
  };
  const Icon = copied ? Check : Link2;
  return (
    <>
      <button
        type="button"
        onClick={copy}
        className="inline-flex min-h-9 cursor-pointer items-center gap-1.5 text-primary text-sm underline underline-offset-4"
      >
        <Icon aria-hidden className="size-4 shrink-0" />
        {label}
      </button>
      <span role="status" className="sr-only">
        {copied ? t('copied', { label }) : ''}
      </span>
    </>
  );
}
