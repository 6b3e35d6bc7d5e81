import { type Messages, NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';

interface Props {
  /** Namespaces that the client components below use, each with its parts that only the server uses. */
  of: { [Namespace in keyof Messages]?: (keyof Messages[Namespace])[] };
  children: ReactNode;
}

/** Provides messages to client components. Each page sends its own only. */
export async function ClientMessages({ of, children }: Props) {
  const messages = await getMessages();
  const entries = Object.entries(of).map(([namespace, serverOnly]) => [
    namespace,
    without(messages[namespace as keyof Messages], serverOnly),
  ]);
  return <NextIntlClientProvider messages={Object.fromEntries(entries)}>{children}</NextIntlClientProvider>;
}

function without(namespace: object, parts: string[]): object {
  return Object.fromEntries(Object.entries(namespace).filter(([name]) => !parts.includes(name)));
}
