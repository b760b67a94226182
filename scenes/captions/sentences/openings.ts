/** Ways to begin telling what there is: name, before one thing, before several. `where`: takes "in the picture" at its end. */
export interface Opening {
  name: string;
  one: string;
  many: string;
  where: boolean;
  /** A phrase, not a clause: nothing can be joined to it with "and". */
  whole: boolean;
}

const both = (name: string, words: string, where = false, whole = false): Opening => ({
  name,
  one: `${words} `,
  many: `${words} `,
  where,
  whole,
});
const be = (name: string, one: string, many: string, where = false): Opening => ({
  name,
  one: `${one} `,
  many: `${many} `,
  where,
  whole: false,
});

const thereAre = be('there', 'there is', 'there are', true);

export const openings: readonly Opening[] = [
  thereAre,
  thereAre,
  thereAre,
  thereAre,
  thereAre,
  be('theres', "there's", 'there are', true),
  be('theres', "there's", 'there are', true),
  both('i-see', 'I see', true),
  both('i-can-see', 'I can see', true),
  both('we-see', 'we see', true),
  both('we-can-see', 'we can see', true),
  both('you-can-see', 'you can see', true),
  both('you-can-spot', 'you can spot', true),
  both('youll-find', "you'll find", true),
  both('i-spot', 'I spot', true),
  both('i-make-out', 'I can make out', true),
  both('one-can-see', 'one can see', true),
  both('notice', 'notice', true),
  be('here', 'here is', 'here are'),
  be('heres', "here's", 'here are'),
  be('looks-like', 'it looks like there is', 'it looks like there are', true),
  be('shown-here', 'shown here is', 'shown here are'),
  be('in-the-picture', 'in the picture there is', 'in the picture there are'),
  be('in-the-picture', 'in the picture, there is', 'in the picture, there are'),
  be('in-this-image', 'in this image, there is', 'in this image, there are'),
  be('in-the-scene', 'in the scene, there is', 'in the scene, there are'),
  both('in-the-image-we', 'in the image we see'),
  both('in-this-drawing-i', 'in this drawing I see'),
  both('picture-shows', 'the picture shows'),
  both('image-shows', 'the image shows'),
  both('this-shows', 'this image shows'),
  both('it-shows', 'it shows'),
  both('drawing-shows', 'the drawing shows'),
  both('image-features', 'the image features'),
  both('scene-contains', 'the scene contains'),
  both('image-contains', 'the image contains'),
  both('depicts', 'the illustration depicts'),
  both('image-depicts', 'this image depicts'),
  both('displays', 'the picture displays'),
  both('has', 'the picture has'),
  both('scene-has', 'the scene has'),
  both('includes', 'the scene includes'),
  both('consists', 'the picture consists of'),
  both('presents', 'the graphic presents'),
  both('this-picture-of', 'this is a picture of'),
  both('this-image-of', 'this is an image of'),
  both('this-drawing-of', 'this is a drawing of'),
  both('image-of', 'an image of', false, true),
  both('picture-of', 'a picture of', false, true),
  both('drawing-of', 'a drawing of', false, true),
  both('illustration', 'an illustration of', false, true),
  both('cartoon', 'a cartoon image of', false, true),
  both('image-with', 'an image with', false, true),
  both('picture-with', 'a picture with', false, true),
  both('scene-with', 'a scene with', false, true),
  both('clipart', 'clip art of', false, true),
  both('shows', 'shows', false, true),
  both('picture-showing', 'a picture showing', false, true),
];

/** Those that can begin a second sentence: "the picture shows" is said once. */
export const laterOpenings: readonly Opening[] = openings.filter(({ where }) => where);

export const somewhere = [
  ...Array.from({ length: 6 }, () => ''),
  ' in the picture',
  ' in the image',
  ' in this picture',
  ' in this image',
  ' in the scene',
  ' here',
] as const;
