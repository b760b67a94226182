/** Words of sentences and phrases that claim nothing about a picture. */
const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Verbs that order something when a sentence begins with them, whatever follows. */
export const orders = list(`
  add adjust allow employ apply arrange ask assemble avoid bake beat begin blend boil bring browse calculate check choose chop click
  combine consider contact continue create customize decide describe determine dice discard divide do don't download dry
  enable ensure enjoy enter explore feel fill find fold follow fry garnish gather get give go grate grill heat identify
  include increase insert install keep knead launch learn leave let line locate look make mash measure melt mix move navigate
  note optionally peel pick pour practice preheat prepare provide put read reduce remember remove repeat replace rinse roast
  roll run save season select serve share shape sift simmer slice soak sort specify spread sprinkle start stir stop
  substitute take tap taste tear tell thank thanks think toast toss transfer trim try type understand upload use visit wait
  wash welcome whisk wipe write`);

/** Orders too, unless they stand alone or before what no order has after it: `Fish on a plate`, `Top left`. */
export const ordersBeforeObject = list(`
  answer block book brush build call change close cook copy count cover crack cut dip dress drain drink drive drop film fit fix
  glue hold knock lay lift light mark open pack paint pass paste place plant plug point press push reach rest return ride rub
  scoop seal set sew skip smooth spray squeeze stack stand stick store strain test tie top touch turn twist walk warm water
  watch wear wrap`);

/** What may stand before an order, and after a step label. */
export const beforeOrders = list(
  'then next first firstly second secondly third thirdly finally lastly simply just now please also and so always carefully gently once ok okay alternatively',
);

/** Words that a description may begin with before `the` or `a`; anything else there is an order: `Whisk the eggs`. */
export const beforeObject = list(`
  above across after against along alongside amid amidst among around as at atop before behind below beneath beside besides
  between beyond by despite during for from in inside into near next of off on onto opposite out outside over past per through
  throughout to toward towards under underneath until up upon via with within without and but or nor while whereas also plus
  though although since because when where whenever so then than only just even here there not no yes yeah yep nope all both such
  what which that who whose how quite half is are was were am be like unlike except including notice see spot observe observed
  depict depicts show shows shown contain contains feature features include includes display displays present portray portrays
  picture pictured image photo caption answer correct right left exactly indeed overall additionally moreover furthermore finally
  however it this these those they them he she we i you one another each every any some none neither either about approximately
  roughly nearly almost still again together apart instead rather well certainly sure absolutely actually specifically meanwhile
  nearby finally lastly further too maybe perhaps probably possibly clearly visible seen facing`);

/** Subjects of sentences that speak of a mood, and of nothing that can be seen. */
export const moods = list(`
  mood atmosphere ambiance ambience feeling feel vibe tone impression aesthetic aura sense emotion emotions theme message essence
  spirit charm beauty harmony balance whimsy nostalgia tranquility serenity composition joke humor humour irony purpose meaning
  taste flavor flavour concept idea goal story narrative style code function script recipe method approach algorithm technique task
  step service template strategy formula equation solution answer process result option offer discount
  website article term phrase`);

/** Verbs of a bare plural or a mass noun that make a sentence one about the kind: `Butterflies belong to Lepidoptera`. */
export const generalVerbs = list(`
  belong belongs live lives eat eats feed feeds grow grows contain contains provide provides offer offers require requires
  originate originates symbolize symbolizes symbolise represent represents tend tends vary varies come comes love loves like
  likes need needs use uses help helps make makes can may cannot must should could would will do does have has produce produces
  become becomes mean means taste tastes cost costs evolve evolved hunt hunts migrate migrates sleep sleeps lay lays breathe
  communicate communicates hibernate hibernates prefer prefers date dates boil boils freeze freezes improve improves reduce
  reduces enjoy enjoys differ differs range ranges last lasts work works`);

/** Adjectives of the kind and not of the thing: `Bananas are rich in potassium`. */
export const generalAdjectives = list(`
  rich known famous popular common loyal intelligent social nocturnal native important essential healthy nutritious delicious
  versatile domesticated herbivores herbivorous carnivores carnivorous omnivores omnivorous mammals reptiles insects birds
  invertebrates amphibians edible poisonous venomous dangerous friendly expensive cheap affordable perfect ideal suitable great good
  best better useful helpful often usually typically generally commonly sometimes frequently traditionally widely mainly mostly
  primarily believed considered regarded said thought found used made able capable related classified among one excellent high low
  full-of sensitive endangered extinct`);

/** What a thing is by its kind: `The sun is a star`. */
export const kinds = list(`
  star planet satellite mammal mammals reptile reptiles amphibian insect insects arachnid invertebrate species genus family order
  class type kind form sort variety breed member symbol source staple emblem icon classic favorite favourite myth legend tradition
  delicacy hybrid relative descendant concept term word verb phrase method technique process`);

/** After a number: a measure, a time, a part of a document; such a number counts nothing that stands in the picture. */
export const units = list(`
  % percent cm mm m km in inch inches ft foot-long meters metres meter metre miles mile mph kmh kg g grams gram lb lbs pounds oz ounces ml l
  liter liters litre litres tbsp tsp teaspoon teaspoons tablespoon tablespoons cloves pinch dash am pm a.m p.m hour hours minute
  minutes min mins second seconds sec day days week weeks month months year years decade decades century centuries degrees degree
  °c °f px pixels pixel mb gb kb tb ghz mhz hz watt watts w kw volt volts v amp amps calories kcal dollars euros usd eur cents bucks
  speed piece-puzzle times x percentages points fps dpi megapixels`);

/** Before a number: it names a place in a document, a list or a series. */
export const labelled = list(`
  step page chapter section part figure fig table item option level version no number nr # volume phase stage round line row column
  day week year lesson exercise question point tip rule task code room gate platform bus route line channel bbox id score confidence
  approximately-at since circa`);

/** A pattern of what is named by things that it is not (hot dog, bed of roses), and of sayings with things in them. */
export const setPhrases = `
  hot dogs?|corn dogs?|pit ?bulls?|guinea pigs?|sea (?:lions?|horses?|cucumbers?|urchins?|stars?)|prairie dogs?|polar opposites?|
  bed of (?:flowers|roses|lettuce|rice|greens|leaves|grass|nails|coals|moss)|sea of \\w+|crown of \\w+|heart of \\w+|
  ladybirds?|lady bugs?|dragon ?fruits?|star ?fruits?|butterfly effect|bear in mind|monkey bars?|monkey business|crane flies|
  horse power|horsepower|dog days|dog[- ]eared|dog tags?|cat walk|cat nap|catwalk|copy ?cats?|bull'?s[- ]eye|bird'?s[- ]eye(?: view)?|eagle[- ]eyed?|
  bird of prey|worm'?s[- ]eye|fish[- ]?eye|cat'?s eye|egg ?plants?|egg[- ]shell|apple of (?:his|her|my|their|one's) eye|adam's apple|
  elephant in the room|raining cats and dogs|piece of cake|icing on the cake|cherry on (?:the )?top|cherry on the cake|
  (?:catch|catches|caught|catching|draw|draws|drew|drawing|drawn|grab|grabs|grabbing|attract|attracts|attracting|lead|leads|leading|guide|guides|guiding|please|pleases) (?:the |your |our |my |one's |a )?(?:viewer's |viewers' |viewer’s |reader's )?(?:eyes?|gaze|attention|focus|view)|
  eye[- ]catching|pleasing to the eye|to the (?:naked|untrained|human|casual) eye|in the eye of the beholder|keep an eye(?: on)?|with the naked eye|see eye to eye|feast for the eyes|
  at (?:a )?first (?:glance|sight|look)|at a glance|at hand|on the other hand|on the one hand|by hand|first[- ]hand|hand in hand|on hand|out of hand|right away|right now|all right|you're right|that's right|
  a number of|a (?:wide )?(?:variety|range|lot|bit|touch|hint|sense|array|mix) of|lots of|plenty of|one of the most|one of a kind|one by one|one another|no one|one day|one way|at one point|
  in a nutshell|tip of the iceberg|cream of the crop|top[- ]notch|on top of that|on top of (?:it|things)|over the moon|once in a blue moon|out of the blue|green thumb|red herring|white lie|black market|blue[- ]collar|white[- ]collar|gray area|grey area|silver lining|golden (?:rule|hour|ratio|age)|
  in the spotlight|steal(?:s|ing)? the (?:show|spotlight)|set(?:s|ting)? the (?:stage|scene|tone|mood)|stand(?:s|ing)? out|take center stage|takes center stage|
  key (?:points?|features?|elements?|takeaways?|details?|aspects?|role|part|ingredients?|words?|facts?)|light[- ]hearted|in (?:the )?light of|bring(?:s)? to light|shed(?:s|ding)? light|spot on|
  walk in the park|second to none|time flies|bite the bullet|hit the (?:road|nail)|break the ice|the ball is in|ball ?park|rule of (?:thumb|thirds)|food for thought|house ?hold|
  big picture|bigger picture|picture[- ]perfect|in the long run|on point|on board|across the board|back and forth|left to your|what's left|is left over|
  (?:children|kid|kids|nursery|picture|story|coloring|colouring|cook|text|note|guide|comic)(?:'s|s'|’s)? ?(?:books?|rooms?|walls?|story|stories|part(?:y|ies)|menus?|rhymes?|songs?)|
  (?:bird|dog|tree|doll|light|ware|full|town|play) ?houses?|(?:clock|water|bell) towers?|
  (?:apple|peach|cherry|pumpkin|banana|carrot|lemon|strawberry|chicken|fish|egg|cheese|potato|tomato|mushroom|pineapple|grape|coconut|watermelon|garlic|onion) (?:pies?|juice|soups?|sauce|bread|cake|tarts?|salads?|oil|milk|trees?|sandwich(?:es)?|curry|powder|tea|smoothies?|jam|burgers?|broth|stock|puree|pur\u00e9e)|
  (?:dog|cat|bird|fish|baby|pet|horse|cow|sea|junk|fast|street) (?:food|lovers?|owners?|person|people|show|park)|
  (?:sun|top|cowboy|party|chef) hats?|sun ?(?:screen|glasses|set|rise|light|shine|tan|bathing|day)|moon ?light|star ?light|
  school bus(?:es)? (?:yellow)|(?:mickey|minnie|computer) mouse|mouse ?pad|book ?(?:shelf|shelves|mark|worm|store|case)|key ?(?:board|chain|hole|word)|bell ?pepper|bell ?boy|
  crocodile tears|lion's share|wild goose chase|cash cow|sacred cow|scape ?goat|wolf in sheep's clothing|cold turkey|rubber duck debugging|early bird|night owl|
  couch potato|cool as a cucumber|smart cookie|tough cookie|kettle of fish|bread and butter|bread[- ]winner|cup of tea|can of worms|spill the beans|
  under the weather|under the sun|place in the sun|on cloud nine|head in the clouds|cloud (?:computing|storage)|snail mail|spider web|spider[- ]?man|bat[- ]?man|ant[- ]?man|super[- ]?man|cat[- ]?woman|
  train of thought|in the same boat|rock the boat|under fire|fire ?(?:place|works?|fighters?|side)|camp ?fire|castle in the air|house of cards|home page|door ?way|crown jewel|beat the drum|
  fish out of water|water under the bridge|umbrella term|under the umbrella of|trophy wife|rocket science|not rocket science|butterflies in (?:my|your|his|her|the) stomach|social butterfly|
  to be (?:precise|exact|sure|fair|honest|clear)|nothing (?:more|else|fancy|special)|no more(?:,? and no less|,? no less)|more or less|
  bear with me|bull market|bear market|tiger economy|lame duck|hold your horses|one trick pony|sheep dog|wolf down|pig out|chicken out|duck tape`.replace(
  /\n\s*/g,
  '',
);
