/** What the words of printed things are drawn from. */

export const names =
  'Maple Harbor Willow Cedar Lincoln Franklin Juniper Orchard Summit Granite Falcon Sterling Monroe Beacon Prairie Clinton Hudson Meadow Riverside Lakeview Oakwood Sunset Victoria Chester Bradford Preston Windsor Camden Ashford Melrose'.split(
    ' ',
  );
export const streets = ['Street', 'Avenue', 'Road', 'Lane', 'Drive', 'Boulevard'];
export const shops = [
  'Bakery',
  'Market',
  'Pharmacy',
  'Hardware',
  'Books',
  'Diner',
  'Coffee',
  'Florist',
  'Cafe',
  'Grocery',
];
export const goods =
  'Latte Espresso Bagel Muffin Croissant Sandwich Salad Lemonade Cookie Brownie Tea Omelette Pancakes Burger Fries Soup Apples Bananas Bread Butter Cheese Yogurt Tomatoes Noodles'.split(
    ' ',
  );
export const cities =
  'Denver Lisbon Oslo Madrid Boston Chicago Vienna Prague Dublin Munich Seattle Toronto Sydney Geneva Warsaw Helsinki Atlanta Phoenix Dallas Milan'.split(
    ' ',
  );
export const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
export const notices: readonly (readonly [string, string])[] = [
  ['NO PARKING', 'NO SMOKING'],
  ['STOP', 'SLOW'],
  ['KEEP OFF THE GRASS', 'KEEP OFF THE ROCKS'],
  ['PRIVATE PROPERTY', 'PUBLIC PROPERTY'],
  ['WET FLOOR', 'WET PAINT'],
  ['EMERGENCY EXIT', 'EMERGENCY PHONE'],
  ['STAFF ONLY', 'GUESTS ONLY'],
  ['ROAD CLOSED', 'ROAD OPEN'],
  ['OPEN DAILY', 'OPEN SUNDAYS'],
  ['BEWARE OF THE DOG', 'BEWARE OF THE BULL'],
  ['NO LIFEGUARD ON DUTY', 'NO DOCTOR ON DUTY'],
  ['PLEASE RING THE BELL', 'PLEASE RING THE OWNER'],
];
export const events = [
  'Jazz Festival',
  'Book Fair',
  'Food Market',
  'Science Night',
  'Art Exhibition',
  'Film Week',
  'Charity Run',
];
