import { pick } from '../../../scenes/random.js';
import { figure, type Printed, type Random, whole, word } from './facts.js';
import { events, months, names, notices, shops, streets } from './words.js';

export function sign(random: Random): Printed {
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
