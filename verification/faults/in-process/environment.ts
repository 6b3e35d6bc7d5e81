import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

// The portal's configuration is read on first use: this is imported before anything of lib.
Object.assign(process.env, parseEnv(readFileSync('.env.example', 'utf8')), { LOG_LEVEL: 'silent' });
