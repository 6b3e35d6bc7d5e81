import { headers } from 'next/headers';
import { TokenFrame } from './token-frame';

/** Fetches the token in the browser, as most samples of embedded widgets do. */
export default async function AfterHydrationPage() {
  await headers();
  return (
    <main>
      <h1>Buy crypto</h1>
      <TokenFrame />
    </main>
  );
}
