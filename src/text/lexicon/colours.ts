export const colours = [
  'red',
  'green',
  'blue',
  'yellow',
  'purple',
  'orange',
  'pink',
  'brown',
  'black',
  'white',
  'gray',
] as const;

export type Colour = (typeof colours)[number];

/** Other words for the named colours. */
export const colourSynonyms: Readonly<Record<string, Colour>> = {
  grey: 'gray',
  violet: 'purple',
};
