// Builds the site into dist: the Markdown of the repository as it stands, the API by typedoc, the gallery. Fails at a dead link.
//   npm ci && npm run build            (--no-gallery: without the minute that the gallery takes)
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..');
const pages = join(here, '.pages');
const folders = [
  '.',
  'docs',
  'annotate',
  'cli',
  'eval',
  'bench',
  'training',
  'models/tldr-scenes',
  'src/server',
  'src/adapters',
];
const taken = folders.flatMap((folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name))
    : [],
);

/** Links to what is no page of the site, such as a folder of code, are named in place of linked. */
function asPage(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const isPage = (target) =>
    taken.includes(relative(root, target)) || target.startsWith(join(root, 'docs', 'pictures'));
  const fences = /^```.*?^```/gms;
  const link = /(!?)\[([^\]]*)\]\((?!https?:|mailto:|#)([^)\s#]+)(#[^)\s]*)?\)/g;
  const mend = (prose) =>
    prose.replace(link, (whole, image, words, target) =>
      image || isPage(resolve(root, dirname(path), target))
        ? whole
        : `${words} (\`${relative(root, resolve(root, dirname(path), target))}\`)`,
    );
  let out = '';
  let last = 0;
  for (const fence of text.matchAll(fences)) {
    out += mend(text.slice(last, fence.index)) + fence[0];
    last = fence.index + fence[0].length;
  }
  return out + mend(text.slice(last));
}

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: here, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
    process.exit(1);
  }
  return stdout;
}

rmSync(pages, { recursive: true, force: true });
for (const path of taken) {
  mkdirSync(dirname(join(pages, path)), { recursive: true });
  writeFileSync(join(pages, path), asPage(path));
}
cpSync(join(root, 'docs', 'pictures'), join(pages, 'docs', 'pictures'), { recursive: true });
run('npx', 'typedoc', '--options', 'typedoc.json');
const gallery = process.argv.includes('--no-gallery')
  ? '# Gallery\n\nNot made in this build.\n'
  : run(process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs'), join(here, 'gallery.ts'), '60');
writeFileSync(join(pages, 'gallery.md'), gallery);
run('npx', 'vitepress', 'build', '.');
console.log(`${taken.length} pages, the API and the gallery are in site/dist`);
