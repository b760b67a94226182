import { join } from 'node:path';
import { DetectiveError } from '../../base/errors.js';
import { modelsFolder } from './evidence-models.js';

/** A model folder on a Hugging Face-style hub, at one commit. */
export interface HubAddress {
  owner: string;
  repo: string;
  /** 40 hex digits: a branch or tag may move, a commit does not. */
  revision: string;
}

const name = '[A-Za-z0-9][A-Za-z0-9_.-]{0,95}';
const address = new RegExp(`^(?:hf:)?(${name})/(${name})@([0-9a-f]{40})$`);

/** Is this `OWNER/REPO@REVISION`, or does it say that it is, by `hf:`? A path of that shape is written with `./`. */
export function isHubAddress(text: string): boolean {
  return text.startsWith('hf:') || address.test(text);
}

/** @throws DetectiveError `bad-argument` for anything but `hf:OWNER/REPO@` and the 40 hex digits of a commit. */
export function parseHubAddress(text: string): HubAddress {
  const [, owner, repo, revision] = address.exec(text) ?? [];
  if (owner && repo && revision) return { owner, repo, revision };
  throw new DetectiveError(
    'bad-argument',
    `${JSON.stringify(text.slice(0, 200))} is no model on a hub: give hf:OWNER/REPO@REVISION with the 40 lowercase hex digits of the commit (a branch or tag may move, and is not taken)`,
  );
}

export function printHubAddress({ owner, repo, revision }: HubAddress): string {
  return `hf:${owner}/${repo}@${revision}`;
}

/** Where the fetched folder lies. */
export function hubFolder({ owner, repo, revision }: HubAddress, models = modelsFolder()): string {
  return join(models, 'hub', owner, repo, revision);
}
