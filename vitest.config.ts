import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('.', import.meta.url)),
      // `server-only` throws outside a server bundle. Setting its condition `react-server` for all modules would give
      // Next a React without contexts.
      'server-only': fileURLToPath(new URL('node_modules/server-only/empty.js', import.meta.url)),
    },
  },
  test: {
    include: [
      'app/**/*.test.ts',
      'lib/**/*.test.ts',
      'tests/**/*.test.ts',
      'sandbox/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/**/*.unit.test.ts',
      'verification/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    // Keeps transformed modules between runs.
    experimental: { fsModuleCache: true },
    globalSetup: 'tests/global-setup.ts',
    // These need a database with connections.
    exclude: process.env.TEST_DATABASE_URL ? [] : ['**/*.postgres.test.ts'],
    // `npm run --prefix verification claims` reads it. The run on PostgreSQL is another one.
    reporters: process.env.TEST_DATABASE_URL
      ? ['default']
      : ['default', ['json', { outputFile: 'test-results/unit.json' }]],
    // A thread takes a fifth less time than a process, which is the default.
    pool: 'threads',
    // The default leaves one core idle.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
