import { headers } from 'next/headers';

/** Depends on the request, so that Next renders it each time. */
export default async function DynamicPage() {
  const host = (await headers()).get('host');
  return (
    <main>
      <h1>Account</h1>
      <p>This page is rendered for each request to {host}.</p>
    </main>
  );
}
