'use client';

import { Crash } from '@/components/crash';
import { Shell } from '@/components/shell';

export default function CrashPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <Shell>
      <Crash error={error} />
    </Shell>
  );
}
