import type { CocoMention } from './coco-mentions.js';
import type { CocoCategory } from './lexicon/coco-objects.js';
import { type Colour, colourSynonyms, colours } from './lexicon/colours.js';
import type { Range } from './range.js';

/** A colour that a text gives of a thing. Offsets are those of the colour word. */
export interface ColourClaim extends Range {
  category: CocoCategory;
  colour: Colour;
}

const names = [...colours, ...Object.keys(colourSynonyms)].join('|');
/** `red` of `a red car`, `a red old car`; of `red and white` none. */
const before = new RegExp(
  `(?<![\\p{L}-])(?<name>${names})\\s+(?:(?!and\\b|or\\b|of\\b|in\\b|on\\b|with\\b|(?:striped|spotted|dotted|checkered|checked|trimmed|patterned|accented|tinted|painted|lined|edged)\\b)\\p{L}+\\s+)?$`,
  'iu',
);
const after = new RegExp(`^\\s+(?:is|are)\\s+(?<name>${names})(?=\\s*(?:[.;!]|$))`, 'iu');
/** `red` of `a white and red car` is one of two, that of `a white with red striped bus` its stripes'. */
const several = new RegExp(`(?:\\b(?:and|or)|,|\\b(?:light|dark|(?:${names})(?:\\s+with)?))\\s*$`, 'iu');
/** What is in them, lights them or clothes them has a colour of its own. */
const notItsOwn = new Set<CocoCategory>([
  'person',
  'wine glass',
  'cup',
  'bowl',
  'traffic light',
  'tv',
  'laptop',
  'cell phone',
  'dining table',
]);

/** The colours that a text gives of the things that it names, one name each. */
export function colourClaims(text: string, mentions: readonly CocoMention[]): ColourClaim[] {
  return mentions.flatMap(({ start, end, category, unreal, negation, loose }): ColourClaim[] => {
    if (unreal || negation || loose || notItsOwn.has(category)) return [];
    const ahead = text.slice(Math.max(0, start - 40), start);
    const found = before.exec(ahead);
    const said = found && !several.test(ahead.slice(0, found.index)) ? start - ahead.length + found.index : null;
    const behind = said === null ? after.exec(text.slice(end, end + 30)) : null;
    const name = (said === null ? behind : found)?.groups?.name;
    if (name === undefined) return [];
    const at = said ?? end + behind![0].length - name.length;
    const colour = colourSynonyms[name.toLowerCase()] ?? (name.toLowerCase() as Colour);
    return [{ start: at, end: at + name.length, category, colour }];
  });
}
