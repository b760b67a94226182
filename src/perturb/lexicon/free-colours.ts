import { singularize } from '../../text/agreement.js';

/** Things that people paint, dye or print: any colour might be theirs. */
const things = new Set(
  `shirt t-shirt jacket coat sweater sweatshirt hoodie vest dress skirt pants shorts trousers hat cap helmet scarf tie glove shoe boot
  sneaker sock apron bag backpack purse handbag umbrella balloon car truck bus van bicycle bike motorcycle scooter train boat ship kayak
  airplane door fence wall house building shed awning banner flag curtain chair couch sofa bench table stool desk cabinet rug carpet mat
  blanket pillow cushion towel tablecloth napkin bowl plate cup mug vase bottle box crate bucket basket bin kite surfboard skateboard
  snowboard frisbee suitcase phone lamp frame pole pen pencil book circle square stripe ribbon button label sign tent tarp cart trailer
  counter tile candle toy ladder pipe barrier cone mailbox collar leash harness uniform outfit jersey wetsuit swimsuit headband mask
  cover lid handle string rope background lettering letter font text`.match(/\S+/g),
);

/** Whether any colour might be that of the noun, in either number. */
export const isPainted = (noun: string): boolean => things.has(singularize(noun.toLowerCase()));
