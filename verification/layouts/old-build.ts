// npm run --prefix verification old-build
// Runs the build from before the newest migration on the database after it, with the end-to-end stories.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { logFile, PORTAL, portalEnvironment } from '../../e2e/stack';
import { startDatabase, startSandbox } from './portals';
import { start, until } from './processes';

const MIGRATIONS = 'lib/db/migrations';
/** Not all: a newer test may look for a fault that the old build still has. */
const SPECS = ['e2e/story.spec.ts', 'e2e/no-javascript.spec.ts'];

const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
const newest = readdirSync(MIGRATIONS)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .at(-1);
const added = git('log', '--diff-filter=A', '--format=%H', '--', `${MIGRATIONS}/${newest}`).split('\n').at(-1);
if (!added) throw new Error(`git does not know who added ${newest}: fetch the whole history`);
const folder = mkdtempSync(path.join(tmpdir(), 'portal-old-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

console.log(`building ${git('log', '-1', '--format=%h %s', `${added}^`)}, from before ${newest}…`);
// Without the tools around it, which may need packages that are no longer installed.
const left = "--exclude='verification' --exclude='bench' --exclude='*.test.ts'";
execFileSync('sh', ['-c', `git archive ${added}^ | tar -x ${left} -C '${folder}'`]);
execFileSync('cp', ['-al', 'node_modules', folder]);
execFileSync('npm', ['run', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });

const { direct } = await startDatabase();
await startSandbox();
// It reads its own build from the folder that it runs in.
const command = `cd '${folder}' && exec node_modules/.bin/next start --port ${PORTAL.port}`;
const portal = start(logFile('portal', 0), ['sh', '-c', command], {
  ...portalEnvironment('portal', 0),
  ...direct,
  PATH: process.env.PATH,
});
await until(portal, `${PORTAL.origin}/api/health/ready`);
const { status } = spawnSync('npx', ['playwright', 'test', '--project=portal', ...SPECS], { stdio: 'inherit' });
process.exit(status ?? 1);
