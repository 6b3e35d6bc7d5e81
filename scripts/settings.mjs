// Reads the files that hold settings, for npm start and for the commands that need the same settings.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** The files, in Next's order: later ones override earlier ones. The environment overrides all of them. */
export const SETTINGS_FILES = ['.env', '.env.production', '.env.local', '.env.production.local'];

/**
 * Returns the settings of the files, overridden by the environment. Takes values as they are written: Next's own loader
 * would replace `$name` in them, also in a password. Leaves out NODE_* of files, which Node reads before any file.
 */
export function readSettings(files = SETTINGS_FILES, directory = '.') {
  const all = Object.assign({}, ...files.map((file) => readSettingsFile(path.join(directory, file))));
  const effective = Object.entries(all).filter(([name]) => !name.startsWith('NODE_'));
  return { ...Object.fromEntries(effective), ...process.env };
}

/** Returns the settings of one file, and none when it does not exist. Skips a byte order mark. */
export function readSettingsFile(file) {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) : {};
}
