// Prints the bill of materials (CycloneDX 1.6) of the built package. `npm sbom` does not know what the build took in.
import { readFileSync } from 'node:fs';
import { shipped } from './shipped.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const { name, version, license } = read('../package.json');
const model = read('../models/tldr-scenes/tldr.json');
const purl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const licences = (license) => (license ? { licenses: [{ expression: license }] } : {});

/** `sha512-BASE64` of a lock file as CycloneDX has it. */
function hashes(integrity) {
  const [, content] = /^sha512-(.*)$/.exec(integrity ?? '') ?? [];
  return content ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(content, 'base64').toString('hex') }] } : {};
}

const packages = shipped().map((part) => ({
  type: 'library',
  'bom-ref': `${purl(part.name, part.version)}${part.bundled ? '#bundled' : ''}`,
  name: part.name,
  version: part.version,
  scope: part.optional ? 'optional' : 'required',
  purl: purl(part.name, part.version),
  ...licences(part.license),
  ...hashes(part.integrity),
  ...(part.bundled ? { properties: [{ name: 'vlm-detective:bundled', value: 'true' }] } : {}),
}));
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: {
      ...{ type: 'library', 'bom-ref': purl(name, version), name, version, purl: purl(name, version) },
      ...licences(license),
    },
  },
  components: [
    ...packages,
    {
      ...{ type: 'machine-learning-model', 'bom-ref': `model/${model.name}`, name: model.name, version: model.version },
      ...licences(license),
    },
  ],
};
console.log(JSON.stringify(bom, null, 2));
