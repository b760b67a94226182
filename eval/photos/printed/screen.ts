import { pick } from '../../../scenes/random.js';
import { figure, money, others, type Printed, type Random, two, whole, word } from './facts.js';
import { cities, months, names } from './words.js';

export function screen(random: Random): Printed {
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
