import { pick } from '../scenes/random.js';

/** A line of print: its text, or two texts at the two margins. */
export interface PrintedLine {
  text: string;
  right?: string;
  /** Relative size. 1 is plain. */
  size: number;
  align?: 'left' | 'center';
}

/** Something printed that an answer can tell: `wrong` is what it is not. */
export interface PrintedFact {
  value: string;
  wrong: string;
  kind: 'figure' | 'word';
}

/** What stands on a sign, a receipt or a screen, and a true answer about it with its facts in braces: `{0}`. */
export interface Printed {
  kind: 'sign' | 'receipt' | 'screen';
  lines: PrintedLine[];
  answer: string;
  facts: PrintedFact[];
}

type Random = () => number;
const whole = (random: Random, least: number, most: number) => least + Math.floor(random() * (most - least + 1));
const two = (value: number) => String(value).padStart(2, '0');

const names =
  'Maple Harbor Willow Cedar Lincoln Franklin Juniper Orchard Summit Granite Falcon Sterling Monroe Beacon Prairie Clinton Hudson Meadow Riverside Lakeview Oakwood Sunset Victoria Chester Bradford Preston Windsor Camden Ashford Melrose'.split(
    ' ',
  );
const streets = ['Street', 'Avenue', 'Road', 'Lane', 'Drive', 'Boulevard'];
const shops = ['Bakery', 'Market', 'Pharmacy', 'Hardware', 'Books', 'Diner', 'Coffee', 'Florist', 'Cafe', 'Grocery'];
const goods =
  'Latte Espresso Bagel Muffin Croissant Sandwich Salad Lemonade Cookie Brownie Tea Omelette Pancakes Burger Fries Soup Apples Bananas Bread Butter Cheese Yogurt Tomatoes Noodles'.split(
    ' ',
  );
const cities =
  'Denver Lisbon Oslo Madrid Boston Chicago Vienna Prague Dublin Munich Seattle Toronto Sydney Geneva Warsaw Helsinki Atlanta Phoenix Dallas Milan'.split(
    ' ',
  );
const months = 'January February March April May June July August September October November December'.split(' ');
const notices: readonly (readonly [string, string])[] = [
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
const events = [
  'Jazz Festival',
  'Book Fair',
  'Food Market',
  'Science Night',
  'Art Exhibition',
  'Film Week',
  'Charity Run',
];

function word(random: Random, value: string, list: readonly string[]): PrintedFact {
  return {
    value,
    wrong: pick(
      random,
      list.filter((other) => other !== value),
    ),
    kind: 'word',
  };
}

/** A figure with one digit changed, or two of them swapped. The form stays, and the first digit does not become 0. */
function figure(random: Random, value: string): PrintedFact {
  const places = [...value].flatMap((letter, index) => (/\d/.test(letter) ? [index] : []));
  for (;;) {
    const letters = [...value];
    const at = pick(random, places);
    const next = places[places.indexOf(at) + 1];
    if (next !== undefined && random() < 0.25) [letters[at], letters[next]] = [letters[next]!, letters[at]!];
    else letters[at] = String(whole(random, 0, 9));
    const wrong = letters.join('');
    if (wrong !== value && !(letters[places[0]!] === '0' && value[places[0]!] !== '0'))
      return { value, wrong, kind: 'figure' };
  }
}

function others<T>(random: Random, list: readonly T[], count: number): T[] {
  const left = [...list];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

export function samplePrinted(random: Random, kind: Printed['kind']): Printed {
  return kind === 'sign' ? sign(random) : kind === 'receipt' ? receipt(random) : screen(random);
}

function sign(random: Random): Printed {
  switch (whole(random, 0, 5)) {
    case 0: {
      const [text, wrong] = pick(random, notices);
      const [from, to] = [whole(random, 6, 10), whole(random, 4, 9)];
      const hours = `${from} AM - ${to} PM`;
      const shape = pick(random, [
        'The sign reads "{0}" and below it "{1}".',
        'A sign in the picture says {0}, with the hours {1} printed underneath.',
        'There is a sign with the words "{0}". It applies from {1}.',
      ]);
      return {
        kind: 'sign',
        lines: [
          { text, size: 1.6, align: 'center' },
          { text: hours, size: 1, align: 'center' },
        ],
        answer: shape,
        facts: [{ value: text, wrong, kind: 'word' }, figure(random, hours)],
      };
    }
    case 1: {
      const name = pick(random, names);
      const street = pick(random, streets);
      const block = String(whole(random, 100, 9900));
      return {
        kind: 'sign',
        lines: [
          { text: `${name} ${street}`, size: 1.6, align: 'center' },
          { text: block, size: 0.9, align: 'center' },
        ],
        answer: pick(random, [
          `The street sign shows {0} ${street} with the number {1}.`,
          `It is a street sign for {0} ${street}. The block number is {1}.`,
          `A sign for {0} ${street} hangs on a post; it also carries the number {1}.`,
        ]),
        facts: [word(random, name, names), figure(random, block)],
      };
    }
    case 2: {
      const limit = String(whole(random, 2, 13) * 5);
      return {
        kind: 'sign',
        lines: [
          { text: 'SPEED', size: 1.2, align: 'center' },
          { text: 'LIMIT', size: 1.2, align: 'center' },
          { text: limit, size: 3, align: 'center' },
        ],
        answer: pick(random, [
          'The road sign gives a speed limit of {0}.',
          'It is a speed limit sign, and the limit is {0}.',
          'The image shows a white sign that says SPEED LIMIT {0}.',
        ]),
        facts: [figure(random, limit)],
      };
    }
    case 3: {
      const event = pick(random, events);
      const day = `${pick(random, months)} ${whole(random, 1, 28)}`;
      const time = `${whole(random, 1, 11)}:${pick(random, ['00', '15', '30', '45'])} PM`;
      const place = pick(random, names);
      return {
        kind: 'sign',
        lines: [
          { text: event.toUpperCase(), size: 1.7, align: 'center' },
          { text: day, size: 1.2, align: 'center' },
          { text: `${place} Hall, ${time}`, size: 0.9, align: 'center' },
        ],
        answer: pick(random, [
          'The poster announces the {0} on {1} at {2} in {3} Hall.',
          'This is a poster for the {0}. It takes place at {3} Hall on {1}, starting at {2}.',
        ]),
        facts: [
          word(random, event, events),
          random() < 0.5
            ? figure(random, day)
            : { value: day, wrong: day.replace(/^\w+/, (month) => word(random, month, months).wrong), kind: 'word' },
          figure(random, time),
          word(random, place, names),
        ],
      };
    }
    case 4: {
      const route = String(whole(random, 10, 99));
      const to = pick(random, names);
      return {
        kind: 'sign',
        lines: [
          { text: `Route ${route}`, size: 1.6, align: 'center' },
          { text: `to ${to} Station`, size: 1.1, align: 'center' },
        ],
        answer: pick(random, [
          'The bus stop sign says that route {0} goes to {1} Station.',
          'According to the sign, Route {0} runs to {1} Station.',
        ]),
        facts: [figure(random, route), word(random, to, names)],
      };
    }
    default: {
      const shop = `${pick(random, names)} ${pick(random, shops)}`;
      const percent = `${whole(random, 2, 14) * 5}%`;
      const phone = `555-${whole(random, 1000, 9899)}`;
      return {
        kind: 'sign',
        lines: [
          { text: shop, size: 1.6, align: 'center' },
          { text: `SALE ${percent} OFF`, size: 1.3, align: 'center' },
          { text: `Call ${phone}`, size: 0.9, align: 'center' },
        ],
        answer: pick(random, [
          'The storefront of {0} advertises a sale of {1} off. The phone number is {2}.',
          'A banner at "{0}" offers {1} off and lists the phone number {2}.',
        ]),
        facts: [
          { value: shop, wrong: shop.replace(/^\w+/, (name) => word(random, name, names).wrong), kind: 'word' },
          figure(random, percent),
          figure(random, phone),
        ],
      };
    }
  }
}

const money = (cents: number) => `$${(cents / 100).toFixed(2)}`;

function receipt(random: Random): Printed {
  const shop = `${pick(random, names)} ${pick(random, shops)}`;
  const date = pick(random, [
    `${two(whole(random, 1, 12))}/${two(whole(random, 1, 28))}/${whole(random, 2019, 2025)}`,
    `${whole(random, 2019, 2025)}-${two(whole(random, 1, 12))}-${two(whole(random, 1, 28))}`,
  ]);
  const time = `${two(whole(random, 7, 21))}:${two(whole(random, 0, 59))}`;
  const items = others(random, goods, whole(random, 2, 5)).map((name) => ({ name, cents: whole(random, 125, 1899) }));
  const sum = items.reduce((total, item) => total + item.cents, 0);
  const tax = Math.round(sum * 0.0825);
  const number = String(whole(random, 10000, 99999));
  const [first, second] = items as [(typeof items)[0], (typeof items)[0]];
  const facts: PrintedFact[] = [
    { value: shop, wrong: shop.replace(/^\w+/, (name) => word(random, name, names).wrong), kind: 'word' },
    figure(random, date),
    figure(random, money(sum + tax)),
    figure(random, money(first.cents)),
    word(
      random,
      first.name,
      goods.filter((name) => !items.some((item) => item.name === name)),
    ),
    figure(random, money(tax)),
    figure(random, number),
    figure(random, time),
    figure(random, money(second.cents)),
  ];
  const shapes = [
    'This is a receipt from {0} dated {1}. The total is {2}, including {5} tax.',
    'The receipt from {0} lists a {4} for {3} and comes to {2} in all.',
    'The image shows a printed receipt. The order number is {6}, the time is {7}, and the customer paid {2}.',
    `The first item on the receipt is {4} at {3}, and ${second.name} costs {8}. The total amount is {2}.`,
    'A receipt of {0}, printed on {1} at {7}. Tax: {5}. Total: {2}.',
  ];
  return {
    kind: 'receipt',
    lines: [
      { text: shop.toUpperCase(), size: 1.3, align: 'center' },
      { text: `Order ${number}`, size: 0.9, align: 'center' },
      { text: date, right: time, size: 0.9 },
      ...items.map(({ name, cents }) => ({ text: name, right: money(cents), size: 1 })),
      { text: 'Tax', right: money(tax), size: 1 },
      { text: 'TOTAL', right: money(sum + tax), size: 1.25 },
      { text: 'Thank you!', size: 0.9, align: 'center' as const },
    ],
    answer: pick(random, shapes),
    facts,
  };
}

function screen(random: Random): Printed {
  switch (whole(random, 0, 3)) {
    case 0: {
      const rows = others(random, cities, whole(random, 3, 5)).map((city) => ({
        city,
        time: `${two(whole(random, 5, 23))}:${two(whole(random, 0, 11) * 5)}`,
        gate: `${pick(random, ['A', 'B', 'C', 'D'])}${whole(random, 1, 48)}`,
      }));
      const row = pick(random, rows);
      return {
        kind: 'screen',
        lines: [
          { text: 'DEPARTURES', size: 1.5 },
          ...rows.map(({ city, time, gate }) => ({ text: `${time}  ${city}`, right: gate, size: 1 })),
        ],
        answer: pick(random, [
          'The departures board lists a flight to {0} at {1} from gate {2}.',
          'On the screen, the {1} flight goes to {0}; its gate is {2}.',
        ]),
        facts: [
          word(
            random,
            row.city,
            cities.filter((city) => !rows.some((other) => other.city === city)),
          ),
          figure(random, row.time),
          figure(random, row.gate),
        ],
      };
    }
    case 1: {
      const code = String(whole(random, 1000, 9999));
      const name = pick(random, names);
      const version = `${whole(random, 1, 9)}.${whole(random, 0, 9)}.${whole(random, 0, 19)}`;
      const message = pick(random, [
        'Connection lost',
        'Update failed',
        'Access denied',
        'Disk full',
        'File not found',
      ]);
      return {
        kind: 'screen',
        lines: [
          { text: `${name} Manager`, right: `v${version}`, size: 1 },
          { text: message, size: 1.6, align: 'center' },
          { text: `Error code ${code}`, size: 1.1, align: 'center' },
          { text: 'Retry    Cancel', size: 1, align: 'center' },
        ],
        answer: pick(random, [
          'The dialog of {1} Manager says "{3}" with error code {0}.',
          'The screen shows the message "{3}" and the error code {0}. The program is {1} Manager, version {2}.',
        ]),
        facts: [
          figure(random, code),
          word(random, name, names),
          figure(random, version),
          word(random, message, [
            'Connection reset',
            'Update failed',
            'Access denied',
            'Disk full',
            'File not found',
            'Login failed',
          ]),
        ],
      };
    }
    case 2: {
      const city = pick(random, cities);
      const degrees = `${whole(random, 11, 39)}°C`;
      const wind = `${whole(random, 3, 60)} km/h`;
      const humidity = `${whole(random, 20, 95)}%`;
      return {
        kind: 'screen',
        lines: [
          { text: city, size: 1.5 },
          { text: degrees, size: 2.4 },
          { text: 'Wind', right: wind, size: 1 },
          { text: 'Humidity', right: humidity, size: 1 },
        ],
        answer: pick(random, [
          'The weather app shows {1} in {0}, with wind of {2} and a humidity of {3}.',
          'It is a phone screen with the weather for {0}: {1}, humidity {3}.',
        ]),
        facts: [word(random, city, cities), figure(random, degrees), figure(random, wind), figure(random, humidity)],
      };
    }
    default: {
      const user = pick(random, names);
      const balance = money(whole(random, 10000, 999999));
      const account = String(whole(random, 1000, 9999));
      const date = `${pick(random, months).slice(0, 3)} ${whole(random, 1, 28)}, ${whole(random, 2020, 2025)}`;
      return {
        kind: 'screen',
        lines: [
          { text: `${user} Bank`, size: 1.5 },
          { text: 'Account', right: `**** ${account}`, size: 1 },
          { text: 'Balance', right: balance, size: 1.3 },
          { text: 'Last update', right: date, size: 0.9 },
        ],
        answer: pick(random, [
          'The banking app of {0} Bank shows a balance of {1} on the account ending in {2}.',
          'The screen shows that the balance is {1}, last updated on {3}. The bank is {0} Bank.',
        ]),
        facts: [word(random, user, names), figure(random, balance), figure(random, account), figure(random, date)],
      };
    }
  }
}
