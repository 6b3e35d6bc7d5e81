'use client';

import { Disclosure } from '@/components/ui/disclosure';
import { brand } from '@/lib/brand/brand';
import { supportCall } from '@/lib/brand/support';

/** The texts, in the person's language. */
export interface GoodToKnowTexts {
  title: string;
  answers: { question: string; answer: string }[];
  help: string;
}

/** Answers what customers look for. A client component, so that the response describes its elements once. */
export function GoodToKnow({ texts }: { texts: GoodToKnowTexts }) {
  const { email, phone } = brand.support;
  const link = 'font-medium text-primary underline underline-offset-4 [overflow-wrap:anywhere]';
  return (
    <section aria-labelledby="good-to-know" className="space-y-3">
      <h2 id="good-to-know" className="font-semibold text-lg">
        {texts.title}
      </h2>
      {texts.answers.map(({ question, answer }) => (
        <Disclosure key={question} summary={question}>
          <p className="text-muted-foreground">{answer}</p>
        </Disclosure>
      ))}
      <p className="text-muted-foreground">
        {texts.help}{' '}
        <a href={`mailto:${email}`} className={link}>
          {email}
        </a>
        {' · '}
        <a href={supportCall} className={link}>
          {phone}
        </a>
      </p>
    </section>
  );
}
