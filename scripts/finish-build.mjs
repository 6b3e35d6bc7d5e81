// Second half of `npm run build`: completes .next/standalone, which then holds all that a server needs.
import { cpSync, readdirSync, rmSync } from 'node:fs';

const STANDALONE = '.next/standalone';

// Next leaves these two to a CDN (https://nextjs.org/docs/app/api-reference/config/next-config-js/output).
cpSync('.next/static', `${STANDALONE}/.next/static`, { recursive: true });
cpSync('public', `${STANDALONE}/public`, { recursive: true });

// Next copies .env, with its secrets. An image must hold none: settings come from the environment.
for (const name of readdirSync(STANDALONE)) if (name.startsWith('.env')) rmSync(`${STANDALONE}/${name}`);
