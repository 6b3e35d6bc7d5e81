import { PHASE_PRODUCTION_BUILD } from 'next/constants.js';
import createNextIntlPlugin from 'next-intl/plugin';

const withNextIntl = createNextIntlPlugin({
  requestConfig: './lib/i18n/request.ts',
  // Parses messages at build time, so that no page loads the parser: https://next-intl.dev/docs/usage/plugin
  experimental: { messages: { path: './lib/messages', format: 'json', locales: 'infer', precompile: true } },
});

/** The pages that proxy.ts shows under the requested address. */
const SHOWN_BY_PROXY = ['/nowhere', '/outdated', '/refused/malformed', '/unavailable'];

/** @type {import('next').NextConfig} */
const nextConfig = {
  serverExternalPackages: [
    // Own WebAssembly and file access: they cannot be bundled.
    '@electric-sql/pglite',
    'pdfkit',
    // Next itself loads the first for its spans. The others must use the same copy, and load only where telemetry is on.
    '@opentelemetry/api',
    '@opentelemetry/exporter-metrics-otlp-proto',
    '@opentelemetry/exporter-prometheus',
    '@opentelemetry/exporter-trace-otlp-proto',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
    '@opentelemetry/sdk-trace',
  ],
  // The optimiser is a server-side parser of untrusted images, and this portal shows none.
  images: { unoptimized: true },
  // Compiled into the build, so that the start can check how it was made (lib/config/cross-checks.ts).
  env: {
    BUILD_ACTIONS_KEY: process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ? 'given' : 'random',
    BUILD_DEPLOYMENT_ID: process.env.NEXT_DEPLOYMENT_ID || 'none',
  },
  poweredByHeader: false,
  reactStrictMode: true,
  experimental: {
    // Pages of a signed-in person are never kept by the browser's router either.
    staleTimes: { dynamic: 0 },
    // Most builds are the first in their folder: writing a cache for the next one takes a quarter of their time.
    turbopackFileSystemCacheForBuild: false,
  },
  rewrites: async () => ({
    beforeFiles: SHOWN_BY_PROXY.map((page) => ({
      source: '/(.*)',
      has: [{ type: 'header', key: 'x-shown-page', value: page }],
      destination: page,
    })),
    // Asked for by address, whatever the page says.
    afterFiles: [{ source: '/favicon.ico', destination: '/brand/icon-32.png' }],
  }),
};

/** `npm run demo` only shows the portal: no types, which `npm run types` checks, and nothing for containers. */
const forDemo = { ...nextConfig, typescript: { ignoreBuildErrors: true } };

/**
 * A build also makes .next/standalone: the server with the modules it needs, for containers (docs/deployment.md).
 * `next start` serves .next itself, so it is not given `output`, which it would warn about.
 */
export default function configOf(phase) {
  if (phase !== PHASE_PRODUCTION_BUILD) return withNextIntl(nextConfig);
  return withNextIntl(process.env.BUILD_FOR === 'demo' ? forDemo : { ...nextConfig, output: 'standalone' });
}
