// npm run --prefix verification sbom: the bill of materials of this lockfile, as CycloneDX 1.6 JSON on standard output.
// `npm sbom` refuses a tree with overridden peers (next-auth asks for an old nodemailer), so the lockfile is read here.
import { readFileSync } from 'node:fs';

const { name, version, packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const components = Object.entries(packages)
  .filter(([place]) => place)
  .map(([place, locked]) => toComponent(place.slice(place.lastIndexOf('node_modules/') + 13), locked));

const bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: { type: 'application', name, version, 'bom-ref': `${name}@${version}` } },
  components: [...new Map(components.map((one) => [one['bom-ref'], one])).values()],
};
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

function toComponent(packageName, { version: of, license, integrity, dev }) {
  const purl = `pkg:npm/${packageName.replace('@', '%40')}@${of}`;
  const [algorithm, encoded] = integrity?.split('-') ?? [];
  return {
    type: 'library',
    'bom-ref': purl,
    name: packageName,
    version: of,
    purl,
    // What only the tests and the build need is never shipped.
    scope: dev ? 'excluded' : 'required',
    ...(license ? { licenses: [{ expression: license }] } : {}),
    ...(algorithm === 'sha512'
      ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(encoded, 'base64').toString('hex') }] }
      : {}),
  };
}
