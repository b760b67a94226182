/** Words of plain statements about what stands where in a picture, beside the names, colours, sizes and numbers of things. */
const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** What things are counted by, before `of`, as a part of a pattern. */
export const units =
  'pairs?|bunch(?:es)?|heads?|bulbs?|clusters?|wedges?|loaf|loaves|pieces?|slices?|box(?:es)?|bowls?|stacks?';

/** Verbs that say of things that they are there, or where, in the forms that follow a subject. */
export const finiteVerbs = list(`
  come comes is are 's isn't aren't was were has have hasn't haven't
  sit sits stand stands lie lies rest rests hang hangs appear appears occupy occupies fill fills
  show shows contain contains feature features include includes depict depicts display displays present presents hold holds
  consists comprises look looks surround surrounds face faces dominate dominates`);

/** Forms of such verbs after a form of `be`, or beside their noun. */
export const participles = list(`
  sitting standing lying resting hanging floating hovering facing placed located positioned situated arranged set lined grouped gathered scattered
  stacked seen shown visible displayed depicted drawn pictured found spotted present made printed written colored coloured
  labelled labeled showing featuring holding containing including looking consisting appearing surrounded spread noticed observed counted rendered tinted painted composed comprised comprising consisting drew done`);

/** Where and how much, relations between things, parts of a picture. */
export const placeWords = list(`
  left right top bottom upper lower middle center centre central corner corners side sides half halves edge edges area part row rows line column columns
  group cluster trio couple set quartet foreground background backdrop section portion ground front behind above below over under beneath underneath
  beside between next near close far away alongside against among around adjacent inside outside within onto nearby apart together toward towards
  further farther higher highest lowest closer nearer leftmost rightmost topmost bottommost left-hand right-hand top-left top-right
  bottom-left bottom-right upper-left upper-right lower-left lower-right up down here there elsewhere somewhere anywhere nowhere
  of on in at to from by with without across directly immediately just right off out along`);

/** Words for a picture and for what is in it, that say nothing of their own. */
export const generalNouns = list(`
  image picture photo photograph illustration drawing graphic scene view frame cartoon artwork composition canvas clip clip-art clipart art size sizes
  icon icons emoji emojis design layout snapshot render rendering depiction arrangement collection style someone somebody artist hue tint shade tone
  object objects thing things item items one ones others animal animals figure figures kind type color colour
  sign signs text word words letters number numbers label count total pair pairs loaf loaves piece pieces slice slices box boxes bunch bunches bowl bowls former latter display`);

/** Words that hold a statement together and could not be false. */
export const joiningWords = list(`
  a an the this that these those it its they their them both each all any some several many few more fewer less most no not none
  neither nor either every other another same different only also too as well and or but while whereas which who whose than then so if
  i i'm i've i'd we we'll we've you you'll you're one's there's that's it's they're here's there're don't doesn't can't cannot can could do does did
  see sees spot notice find observe count make made out be been being very quite rather really still even
  yes no yep nope read reads reading say says saying written compared much lot lots plus minus total exactly altogether
  additionally moreover furthermore besides addition finally overall first second third lastly meanwhile similarly indeed
  what where how everything you're everyone my like multiple numerous just now again look closely what's will`);

/** Adjectives that change nothing of what is claimed: a reader of plain statements may pass them over. */
export const plainAdjectives = list(`
  cute lovely cheerful bright brightly vivid bold cool warm dark light pale deep rich soft simple plain clean neat nice fine little pretty beautiful
  playful whimsical charming adorable friendly funny happy smiling grinning cozy cosy fresh ripe juicy shiny glossy fluffy furry fuzzy
  round rounded colorful colourful stylized stylised cartoon cartoonish cartoony cartoon-style emoji emoji-style emoji-like clip-art animated illustrated detailed identical
  similar matching separate individual distinct single lone solitary solid flat flat-style sturdy sleek modern vintage classic old new tall short slim chubby plump
  delicious tasty delightful striking eye-catching familiar typical ordinary regular standard elegant graceful majestic proud lively energetic
  vibrant eye-pleasing prominent noticeable recognizable recognisable unmistakable clear obvious crisp sharp smooth quick jolly merry sweet
  tidy loose small-sized otherwise empty blank medium-sized large-sized medium mid-sized identical-looking well-drawn hand-drawn good-looking`);
