'use client';

import { LockKeyhole, Wallet, Zap } from 'lucide-react';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import { Card, CardTitle } from '@/components/ui/card';
import { Disclosure } from '@/components/ui/disclosure';
import { NumberedSteps } from '@/components/ui/numbered-steps';
import { brand } from '@/lib/brand/brand';

const ICONS = { yours: Wallet, quick: Zap, safe: LockKeyhole } as const;

/** The texts of the landing page, in the person's language. */
export interface LandingTexts {
  title: string;
  intro: string;
  open: string;
  openKuna: string;
  reasons: { reason: keyof typeof ICONS; title: string; text: string }[];
  how: string;
  steps: { title: string; text: string }[];
  questions: string;
  answers: { question: string; answer: string }[];
}

/** Shows what the portal offers. A client component, so that the response describes its elements once. */
export function Landing({
  texts,
  hasAccounts,
  hasPublicWidget,
}: {
  texts: LandingTexts;
  hasAccounts: boolean;
  hasPublicWidget: boolean;
}) {
  return (
    <>
      <section className="relative -mt-2 mb-12 overflow-hidden rounded-card bg-primary px-6 py-12 text-primary-foreground sm:mb-16 sm:px-12 sm:py-20">
        <svg
          aria-hidden
          viewBox="0 0 32 32"
          className="absolute -right-24 -bottom-32 hidden h-[34rem] opacity-15 md:block"
        >
          <path d={brand.logo.path} fillRule="evenodd" className="fill-primary-foreground" />
        </svg>
        <h1 className="relative max-w-2xl text-balance font-bold text-4xl tracking-tight sm:text-5xl">{texts.title}</h1>
        <p className="relative mt-4 mb-8 max-w-xl text-lg">{texts.intro}</p>
        <div className="relative flex flex-wrap gap-3">
          {hasAccounts && (
            <Link href="/account" prefetch={false} className={buttonStyle({ variant: 'inverse' })}>
              {texts.open}
            </Link>
          )}
          {hasPublicWidget && (
            <Link
              href="/widget"
              prefetch={false}
              className={buttonStyle({ variant: hasAccounts ? 'inverseQuiet' : 'inverse' })}
            >
              {texts.openKuna}
            </Link>
          )}
        </div>
      </section>
      <ul className="mb-12 grid gap-4 sm:mb-16 sm:grid-cols-3">
        {texts.reasons.map(({ reason, title, text }) => {
          const Icon = ICONS[reason];
          return (
            <li key={reason} className="contents">
              <Card className="space-y-3">
                <Icon aria-hidden className="size-7 text-primary" />
                <CardTitle>{title}</CardTitle>
                <p className="text-muted-foreground">{text}</p>
              </Card>
            </li>
          );
        })}
      </ul>
      <div className="grid grid-cols-1 gap-12 lg:grid-cols-2">
        <section aria-labelledby="how">
          <h2 id="how" className="mb-6 font-semibold text-2xl tracking-tight">
            {texts.how}
          </h2>
          <NumberedSteps steps={texts.steps} />
        </section>
        <section aria-labelledby="questions" className="space-y-3">
          <h2 id="questions" className="mb-6 font-semibold text-2xl tracking-tight">
            {texts.questions}
          </h2>
          {texts.answers.map(({ question, answer }) => (
            <Disclosure key={question} summary={question}>
              <p className="text-muted-foreground">{answer}</p>
            </Disclosure>
          ))}
        </section>
      </div>
    </>
  );
}
