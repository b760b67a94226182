/** The words that signs say. */
export const signWords: readonly string[] =
  `OPEN CLOSED STOP EXIT ENTER SALE CAFE HOTEL TAXI BUS PARK FIRE ICE TEA MILK FISH FOOD SHOP BANK BAR GYM ZOO PIZZA
  BREAD BOOKS MUSIC DANGER SLOW FAST PUSH PULL NORTH SOUTH EAST WEST FREE NEW HELP WELCOME HOME LEFT RIGHT YES NO GO UP
  DOWN STAR MOON SUN RAIN SNOW COFFEE SCHOOL POLICE BAKERY LIBRARY MUSEUM MARKET BEACH GARDEN STATION HELLO LOVE HAPPY
  PARTY WARNING CAUTION PRIVATE TICKETS TOILET PHARMACY BURGER ROAD TOYS`.split(/\s+/);

/** The numbers that signs say. */
export const signNumbers: readonly string[] = [
  ...Array.from({ length: 20 }, (_, index) => String(index + 1)),
  ...'24 25 30 40 42 50 60 75 80 90 99 100'.split(' '),
];

/** The word in the letters, capital or small, that another is printed in. */
export function printedLike(word: string, other: string): string {
  return other === other.toUpperCase() ? word : word[0] + word.slice(1).toLowerCase();
}
