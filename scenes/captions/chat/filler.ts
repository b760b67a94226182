import { colours } from '../../../src/text/lexicon/colours.js';
import { nouns } from '../../../src/text/lexicon/nouns.js';
import { article, countWord } from '../counting.js';

/**
 * Sentences and phrases around a description that say nothing of its picture, in the manner of chat models. `{a}` is a
 * noun with its article, `{n}` and `{ns}` a noun, `{c}` a colour, `{k}` a number: words of the vocabulary, which may or
 * may not fit the picture.
 */
const sentences = {
  opener: `Sure!|Sure, here you go.|Certainly!|Of course!|Absolutely, let me take a look.|Happy to help!|Great question!|Good question.|Thanks for the picture.|
    Thank you for sharing this image!|Okay, let us go through it together.|Right, this is what I can tell you.|Here is what I found.|Here's a quick rundown.|
    Let me describe it for you.|Here is a description of the image:|Here is my answer:|Below is a short summary.|Let me break it down:|No worries, I'm on it.|
    I'd be glad to describe this.|Hello there!|Good eye, by the way.|Nice find, and a good one for the eye.|Hey, thanks for waiting.|Alright then.|Ready when you are.|Ah, a fun one.|What a lovely picture!|Nice drawing!|I took a careful look.|Here are the details you asked for:`,
  offer: `Let me know if you need anything else!|Let me know if you would like more detail.|Would you like me to write a story about {a}?|I can also turn this into a poem about {ns}, if you like.|
    Feel free to send another picture, for instance of {a}.|Shall I make the text shorter?|If you want, I can list only the {c} things.|Do you want this as a table with {k} columns?|
    I hope this helps!|Hope that answers your question.|Just ask if you need a caption for {k} more pictures.|Is there anything else, such as the {n}, that you want to know about?|
    I could suggest {k} titles for it.|Tell me if you had {a} in mind instead.|Happy to try again with {c} {ns}.|Would a version with {k} {ns} be of use to you?|
    If you are looking for {a}, please upload a larger file.|You can also ask me to compare it with {a}.|Should I translate this?|Ask away if something is unclear.`,
  mood: `The overall mood is cheerful.|It has a calm and friendly feel.|The whole scene feels playful and light.|The atmosphere is whimsical.|There is a sense of order in it.|It comes across as warm and inviting.|
    The composition is well balanced.|The style is simple and clean.|The design is minimalist, with clear shapes.|The colours are bright and lively.|It is drawn in a flat, modern style.|
    The look reminds one of stickers or emojis.|It is the kind of picture that makes children smile.|The tone is light-hearted.|Everything feels tidy and uncluttered.|It leaves plenty of room to breathe.|
    The result is pleasing to the eye.|It draws the viewer in at once.|There is something dreamy about it.|The layout invites the eye to wander.`,
  use: `It could suit a children's book.|Picture it as the first page of a story.|With a good title, it might go on a greeting card.|A designer would call this good use of empty space.|It would make a fine puzzle for a long train ride.|It would look good on the wall of a nursery.|This would make a nice sticker sheet.|It might be meant for a flashcard about {ns}.|Teachers could use it to practise counting up to {k}.|
    It may have been made for a game with {ns}.|A picture like this is perfect for a birthday card with {a} on it.|You might print it in {c} for a school project.|It could serve as an icon for an app about {ns}.|
    Perhaps it was made to teach the word "{n}".|It would fit a blog post on {ns} and {ns}.|One could hang it next to {a}.|It is suitable for a quiz in which {k} {ns} have to be found.|
    It would also work as a puzzle of {k}0 pieces.|Someone could easily turn it into a {c} poster.`,
  maybe: `A {c} {n} would have been another choice.|It would be even better with {a}.|If there were {a}, the picture would tell another story.|Had it been mine, I would have added {k} {ns}.|{A} could have filled the empty space.|
    Imagine {a} walking into this.|Some people might expect {a} here instead.|One may wonder where the {n} has gone.|It would be a different matter with {k} {c} {ns}.|
    You could add {a} to make it livelier.|I wish every {n} looked like that.|Without more context I cannot say whether it belongs to a set about {ns}.|It is not clear what it was made for.|
    Perhaps the artist likes {ns}.|Maybe it is part of a series on {ns} and {ns}.|It might also be read as a joke about {a}.|A photograph of {a} would look quite different.|In a larger picture, {k} {ns} might follow.`,
  like: `It is as simple as {a}.|It stands out like {a} in the desert.|It is not the Night Watch, but it will do.|It reminds me of the icons in a chat app.|Your eye has little work to do here.|It is quieter than {a} on a Monday morning.|It is not exactly {a} by Picasso.|It is about as quiet as {a} at night.|The idea is similar to that of a {c} {n} in a comic.|It works much like the {n} on a road sign.|
    Think of {a} without its shadow.|It brings to mind the {n} of an old fairy tale.|Less is more, as they say.|It is a piece of cake to describe.|It is raining cats and dogs outside, so this is welcome.|It caught my eye at first glance.|
    That is only the tip of the iceberg.|It rings a bell.|It is the cherry on the cake.|Every cloud has a silver lining.|It hits the nail on the head.|You cannot judge a book by its cover.|Let us not count our chickens.|It goes to show that the early bird gets the worm.|
    It is the elephant in the room.|Time flies when you look at such things.|It is not rocket science.|That is a different kettle of fish.|Better one bird in the hand than two in the bush.`,
  knowledge: `{Ns} are known all over the world.|In many stories, the {n} stands for luck.|Most {ns} weigh less than {k} kilograms.|The word "{n}" is older than you may think.|{Ns} and {ns} are often shown together in books for children.|
    A typical {n} lives for about {k} years.|The first {n} was built in the {k}0th century.|In some countries {ns} are painted {c} for weddings.|{Ns} come in many colours, such as {c} and {c}.|People have drawn {ns} for thousands of years.|
    Many {ns} have {k} legs.|{A} usually costs around {k} dollars.|{C} is said to calm people down.|{Ns} need a lot of water in summer.|There are more than {k}00 kinds of {ns} in the world.|{Ns} are popular presents.|The {n} belongs to the oldest symbols that we know.|
    Historically, {ns} were traded for {ns}.|{A} can be up to {k} metres long.|Scientists have studied {ns} since 19{k}0.|The largest {n} in the world is in Japan.|{Ns} rarely get along with {ns}.|In the wild, {ns} sleep most of the day.|
    {C} and {c} are complementary colours.|A week has seven days, and a spider has eight legs.|The sun is a star, and the moon is not.|Bread is usually baked at over two hundred degrees.|A piano has black and white keys.|The traffic light turns from red to green.`,
  advice: `Cut the {n} into {k} pieces and set them aside.|Preheat the oven to {k}0 degrees.|Always keep {ns} away from small children.|Wash the {ns} before you use them.|Add {k} spoons of sugar and stir well.|Put the {n} in a bag and close it.|
    Check the battery of the {n} every {k} months.|Do not leave {a} in the car.|Mix {k} cups of flour with the {c} sauce.|Take the {n} by its handle and pull it to the left.|Move the {n} above the {n}, then press the button.|Store the {ns} in a {c} box.|
    Bring water to the boil and drop the {ns} in.|Read the label of the {n} first.|Place {k} {ns} on the table, one next to the other.|Wear {a} if it gets cold.|Turn left at the {n} and walk {k} blocks.|Use a sharp knife and mind your fingers.|
    Sprinkle the cheese on top and bake for {k} minutes.|Feed the {n} twice a day.|Open the {n} icon in the menu.|Set the width to {k}0 pixels.|Call the function with {k} arguments.|Choose {c} paint for the wall behind the {n}.|
    Paint the {n} {c} and let it dry.|Count to {k} before you open your eyes.|Pack {a}, {a} and {k} pairs of socks.|Water the {ns} near the window.|Book the bus for {k} people.|To reset the {n}, hold it for {k} seconds.`,
  unsure: `I would not read too much into it.|Whoever drew it liked simple shapes.|Nothing about it is fussy.|I cannot tell what they are for.|It is hard to say who drew it.|The exact meaning is open to interpretation.|I can only go by what is shown.|There is no further context.|The picture gives no hint as to where it was made.|
    Please note that I may be mistaken about small details.|Details may vary.|I am not able to identify the artist.|This is only my impression.|As an AI, I have no taste of my own.|It is difficult to be sure about the time of day.`,
} as const;

/** Hung on a statement, with the comma before it. */
const riders = `, which draws the eye|, which adds a playful touch|, giving the picture a calm feel|, making it easy to read|, adding a bit of charm|, which is a nice detail|, as if they were part of a game|, much like in a children's book|, almost like {a} on a stage|
  , reminiscent of {a} in a cartoon|, perhaps to catch the eye|, which might stand for luck|, creating a sense of order|, lending it a friendly air|, rather than {a}|, not {a} as one might think|, unlike {a}|, so it is hard to miss|, as you can tell at first glance|
  , which suggests a simple story|, similar to {a} in a comic|, which is as plain as day|, and that is part of the appeal|, by the way|, I believe|, if I am not mistaken|, as far as I can tell|, to be precise|, drawn in a simple style|, each with a clear outline|
  , all in the style of emojis|, as icons|, rendered as flat icons|, in a cartoon style|, and it works well|, like a row of {ns} in a shop window|, a common sight in picture books|, the very symbol of spring|, which often stands for {ns}|, which could be a hint at {ns}`;

/** Before a statement. */
const adverbs = `Interestingly, |In addition, |On top of that, |Furthermore, |Moreover, |Also, |Besides, |Additionally, |Looking closer, |Looking at the details, |Overall, |To begin with, |To start with, |First, |First of all, |First off, |Second, |Next, |Then |Finally, |Lastly, |
  As for the layout, |In terms of colour, |In terms of position, |When it comes to the arrangement, |At first glance, |On closer inspection, |As you can see, |Clearly, |Notably, |Meanwhile, |Beyond that, |And |Oh, and |Well, |So |Basically, |In short, |In summary, |To sum up, |In other words, |
  From what I can see, |As far as I can tell, |It seems that |It looks as if |It appears that |I would say that |I think |I believe |Note that |You will notice that |One thing is clear: |Here is what stands out: |What strikes me first: |The main point: |Worth a mention: |Answer: |Caption: |Alt text: |Description: |Observation: |
  And here is the thing: |Another thing: |A small detail: |More importantly, |Indeed, |In fact, |Specifically, |For example, |Of note, |Spatially, |Visually, |Colour-wise, |In this case, |Based on the image, |According to the picture, `;

const list = (text: string): string[] => text.split('|').map((line) => line.trim());
const kept = (text: string): string[] => text.split('|').map((line) => line.replace(/^\n\s*/, ''));
const sentencesOf = Object.fromEntries(
  Object.entries(sentences).map(([kind, text]) => [kind, list(text)]),
) as unknown as Record<FillerKind, string[]>;
const ridersOf = list(riders);
const adverbsOf = kept(adverbs);

export type FillerKind = keyof typeof sentences;

/** Kinds that may stand between statements. */
export const between: readonly FillerKind[] = ['mood', 'use', 'maybe', 'like', 'knowledge', 'advice', 'unsure'];

const pickFrom = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;

function filled(template: string, random: () => number): string {
  const some = () => pickFrom(nouns, random);
  const word = (name: string): string => {
    const noun = some();
    const said = noun.singular.replaceAll('-', ' ');
    switch (name.toLowerCase()) {
      case 'a':
        return `${article(said)} ${said}`;
      case 'n':
        return said;
      case 'ns':
        return noun.plural.replaceAll('-', ' ');
      case 'c':
        return pickFrom(colours, random);
      default: {
        const number = 2 + Math.floor(random() * 8);
        return random() < 0.5 ? countWord(number) : String(number);
      }
    }
  };
  return template
    .replace(/\{k\}(?=\d)/g, () => String(1 + Math.floor(random() * 9)))
    .replace(/(\d)\{k\}(?=\d)/g, (_, digit: string) => `${digit}${Math.floor(random() * 9)}`)
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const text = word(name);
      return /^[A-Z]/.test(name) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
    });
}

/** A whole sentence that says nothing of the picture. */
export const fillerSentence = (kind: FillerKind, random: () => number): string =>
  filled(pickFrom(sentencesOf[kind], random), random);

/** `, which draws the eye`: hung on a statement. */
export const rider = (random: () => number): string => filled(pickFrom(ridersOf, random), random);

/** `In addition, `: before a statement. */
export const adverb = (random: () => number): string => pickFrom(adverbsOf, random);
