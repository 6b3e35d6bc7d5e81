import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  // `server-only` throws unless it is resolved as in a server bundle.
  ssr: { resolve: { conditions: ['react-server'], externalConditions: ['react-server'] } },
  test: {
    include: ['lib/**/*.test.ts', 'sandbox/**/*.test.ts', 'scripts/**/*.test.ts', 'e2e/**/*.unit.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
