// npm run --prefix verification gallery: walks through every page and state (e2e/look.ts) and keeps small pictures of all of them in
// docs/gallery, with a page that shows them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';

const FOLDER = 'docs/gallery';
const VIEWS = ['desktop-light', 'desktop-dark', 'phone-light', 'phone-dark'];
const LANGUAGES = { en: 'English', uk: 'Українська' };
const HEIGHT = 420;
const GAP = 8;

const pictures = mkdtempSync(path.join(tmpdir(), 'gallery-'));
const walk = spawnSync('node_modules/.bin/playwright', ['test', 'visual-and-a11y', 'looks-'], {
  stdio: 'inherit',
  env: { ...process.env, SCREENSHOTS: pictures },
});
if (walk.status !== 0) process.exit(walk.status ?? 1);

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const states = statesIn(pictures);
for (const state of states) for (const language of Object.keys(LANGUAGES)) await writeSheet(`${state}-${language}`);
writeFileSync(path.join(FOLDER, 'README.md'), page(states));
rmSync(pictures, { recursive: true });
console.log(`${states.length} states in ${FOLDER}`);

/** Names of the states that were looked at, without language and view. */
function statesIn(folder) {
  const view = /-(en|uk)-(desktop|phone)-(light|dark)\.png$/;
  const names = readdirSync(folder).filter((file) => view.test(file));
  return [...new Set(names.map((file) => file.replace(view, '')))].sort();
}

/** All views of a state in one language, side by side. */
async function writeSheet(name) {
  const views = await Promise.all(
    VIEWS.map((view) =>
      sharp(path.join(pictures, `${name}-${view}.png`))
        .resize({ height: HEIGHT })
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  let left = 0;
  const placed = views.map(({ data, info }) => {
    const place = { input: data, left, top: 0 };
    left += info.width + GAP;
    return place;
  });
  const ground = { width: left - GAP, height: HEIGHT, channels: 3, background: '#8a8f99' };
  await sharp({ create: ground })
    .composite(placed)
    .webp({ quality: 55 })
    .toFile(path.join(FOLDER, `${name}.webp`));
}

function page(names) {
  const pictureOf = (name, language) => `![${name}, ${LANGUAGES[language]}](${name}-${language}.webp)`;
  const section = (name) =>
    [`## ${name}`, ...Object.keys(LANGUAGES).map((language) => pictureOf(name, language))].join('\n\n');
  return `# Gallery

Every page and every state that a person can reach: desktop and phone, light and dark, English and Ukrainian. Made by \`npm run --prefix verification gallery\` from the walk that the tests take (\`e2e/visual-and-a11y.spec.ts\`), which also looks for accessibility violations and cut-off text. In Ukrainian the tests look for violations on the desktop in light alone, because colours are the same.

${names.map(section).join('\n\n')}
`;
}
