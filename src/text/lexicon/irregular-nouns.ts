const list = (words: string): string[] => words.trim().split(/\s+/);
const pairs = (words: string): [string, string][] => list(words).map((pair) => pair.split('/') as [string, string]);

/** Nouns whose plural follows no rule, singular then plural. */
export const irregularNouns: readonly (readonly [string, string])[] = pairs(`
  person/people man/men woman/women child/children foot/feet tooth/teeth goose/geese mouse/mice louse/lice ox/oxen
  leaf/leaves loaf/loaves shelf/shelves wife/wives life/lives half/halves calf/calves elf/elves self/selves thief/thieves
  knife/knives wolf/wolves scarf/scarves hoof/hooves wharf/wharves dwarf/dwarves sheaf/sheaves
  cactus/cacti fungus/fungi radius/radii nucleus/nuclei alumnus/alumni stimulus/stimuli
  analysis/analyses crisis/crises oasis/oases thesis/theses hypothesis/hypotheses parenthesis/parentheses
  criterion/criteria phenomenon/phenomena medium/media
  quiz/quizzes fez/fezzes stomach/stomachs monarch/monarchs epoch/epochs patriarch/patriarchs
  passerby/passersby passer-by/passers-by mother-in-law/mothers-in-law father-in-law/fathers-in-law
  son-in-law/sons-in-law daughter-in-law/daughters-in-law brother-in-law/brothers-in-law sister-in-law/sisters-in-law
  menu/menus emu/emus gnu/gnus ski/skis bikini/bikinis rabbi/rabbis kiwi/kiwis taxi/taxis alibi/alibis safari/safaris
  tuxedo/tuxedos motto/mottos lens/lenses gas/gases bias/biases atlas/atlases canvas/canvases christmas/christmases
  ananas/ananases pancreas/pancreases pyjamas/pyjamas pajamas/pajamas
  iris/irises trellis/trellises chassis/chassis mantis/mantises pelvis/pelvises penis/penises metropolis/metropolises
  clematis/clematises axe/axes bus/buses plus/pluses minus/minuses
  fuse/fuses muse/muses excuse/excuses cause/causes clause/clauses ruse/ruses recluse/recluses use/uses pause/pauses
  ache/aches cache/caches headache/headaches toothache/toothaches avalanche/avalanches mustache/mustaches
  moustache/moustaches niche/niches quiche/quiches psyche/psyches brioche/brioches
  shoe/shoes toe/toes canoe/canoes hoe/hoes foe/foes doe/does oboe/oboes aloe/aloes floe/floes horseshoe/horseshoes
  snowshoe/snowshoes tiptoe/tiptoes
  movie/movies cookie/cookies zombie/zombies brownie/brownies smoothie/smoothies hoodie/hoodies selfie/selfies
  genie/genies pixie/pixies birdie/birdies calorie/calories prairie/prairies doggie/doggies kiddie/kiddies
  veggie/veggies magpie/magpies bowtie/bowties necktie/neckties rookie/rookies collie/collies sortie/sorties
  beanie/beanies cutie/cuties goalie/goalies walkie-talkie/walkie-talkies
  hero/heroes potato/potatoes tomato/tomatoes mango/mangoes echo/echoes buffalo/buffaloes torpedo/torpedoes
  mosquito/mosquitoes veto/vetoes domino/dominoes tornado/tornadoes
`);

/** Nouns that are the same in both numbers. */
export const unchangingNouns: readonly string[] = list(`
  series species aircraft spacecraft hovercraft watercraft bison salmon moose trout deer sheep fish shrimp cod swine
  offspring squid elk
  pants trousers jeans shorts sunglasses glasses spectacles scissors binoculars goggles tongs pliers tweezers tights
  leggings overalls clothes
  news tennis athletics mathematics physics gymnastics headquarters barracks furniture luggage grass
`);

/** Ends of compounds that take the plural of their last part: snowman, bookshelf, dormouse, goldfish. */
export const compoundEnds: readonly string[] = list(`
  woman man child mouse fish tooth foot wife knife shelf leaf loaf wolf life half sheep deer craft person glasses pants
`);

/** Words that only look like such compounds. */
export const noCompounds: ReadonlySet<string> = new Set(
  list(`human humans german germans roman romans caiman caimans shaman shamans talisman talismans ottoman ottomans
    norman normans specimen omen abdomen semen ramen stamen regimen acumen cyclamen dolman mongoose mongooses behalf`),
);
