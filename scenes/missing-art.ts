import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DetectiveError } from '../src/base/errors.js';
import { packageRoot } from '../src/base/package-root.js';

/**
 * Icons and fonts of scenes weigh ten times what the package does, so they are installed by who draws scenes.
 *
 * @returns one error that names all of them at once.
 */
export function missingArt(name: string, cause: unknown): DetectiveError {
  const { peerDependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    peerDependencies: Readonly<Record<string, string>>;
  };
  const art = Object.entries(peerDependencies).filter(([peer]) =>
    /^(?:@iconify-json|@fontsource)\/|-fonts-/.test(peer),
  );
  const install = `npm install ${art.map(([peer, version]) => `${peer}@${version}`).join(' ')}`;
  return new DetectiveError('missing-dependency', `drawing scenes needs ${name}. All icons and fonts: ${install}`, {
    cause,
  });
}
