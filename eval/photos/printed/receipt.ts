import { pick } from '../../../scenes/random.js';
import { figure, money, others, type Printed, type PrintedFact, type Random, two, whole, word } from './facts.js';
import { goods, names, shops } from './words.js';

export function receipt(random: Random): Printed {
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
