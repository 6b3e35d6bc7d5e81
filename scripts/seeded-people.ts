// People of an institution, invented: common names of Ukraine with their usual frequencies, in passport spelling or in
// Cyrillic. The same number always gives the same person.
import { createHash } from 'node:crypto';
import type { Details } from '../lib/customers/detail-fields';

const FIRST_NAMES = [
  ...['Oleksandr', 'Olena', 'Iryna', 'Serhii', 'Tetiana', 'Nataliia', 'Volodymyr', 'Oksana', 'Andrii', 'Mykola'],
  ...['Svitlana', 'Yurii', 'Liudmyla', 'Ivan', 'Viktoriia', 'Mariia', 'Vasyl', 'Halyna', 'Petro', 'Yuliia'],
  ...['Олександр', 'Олена', 'Ірина', 'Сергій', 'Тетяна', 'Наталія', 'Володимир', 'Оксана', 'Андрій', 'Микола'],
  ...['Dmytro', 'Anna', 'Maksym', 'Sofiia', 'Bohdan', 'Zlata', 'Taras', 'Solomiia', 'Nazar', 'Daryna'],
];
const ROOTS = [
  ...['Koval', 'Shevch', 'Bond', 'Tkach', 'Krav', 'Oliin', 'Lys', 'Moroz', 'Pavl', 'Sav', 'Rud', 'Petr', 'Klym'],
  ...['Polishch', 'Marchen', 'Levch', 'Khom', 'Boik', 'Melnych', 'Hryts', 'Danyl', 'Vasyl', 'Zakhar', 'Iarem'],
  ...['Ковал', 'Шевч', 'Бонд', 'Ткач', 'Крав', 'Мороз', 'Павл', 'Сав', 'Петр', 'Климч', 'Поліщ', 'Левч', 'Мельнич'],
];
const ENDINGS = ['enko', 'uk', 'yshyn', 'chenko', 'ivskyi', 'ets', 'енко', 'ук', 'ишин', 'ченко', 'івський', 'ець'];
const OPERATORS = ['50', '63', '66', '67', '68', '73', '93', '95', '96', '97', '98', '99'];

export interface SeededPerson {
  id: string;
  externalId: string;
  customerId: string;
  walletId: string;
  email: string;
  details: Details;
  /** What support finds them as; most are ready to buy. */
  state: SeededState;
}

/** One of each 2,000 people is in each of these states. */
const RARE = ['conflict', 'rejected', 'slow', 'verifying', 'creating', 'on-hold', 'unrevoked', 'in-review'] as const;
/** So is every tenth of the first 1,000 people: few customers fill two pages of every queue, as many do. */
const BUSY = ['conflict', 'slow', 'in-review', 'verifying', 'blocked'] as const;
const BUSY_PEOPLE = 1_000;
export type SeededState = (typeof RARE)[number] | 'blocked' | 'details-missing' | 'ready';

/** Returns person number `n`. */
export function seededPerson(n: number): SeededPerson {
  const random = createHash('sha256').update(`person ${n}`).digest();
  const firstName = common(FIRST_NAMES, random.readUInt16BE(0));
  const root = common(ROOTS, random.readUInt16BE(2));
  const isCyrillic = /\p{Script=Cyrillic}/u.test(root);
  const endings = ENDINGS.filter((ending) => /\p{Script=Cyrillic}/u.test(ending) === isCyrillic);
  const lastName = root + common(endings, random.readUInt16BE(4));
  const latin = /^[a-z]+$/i.test(firstName + lastName) ? `${firstName}.${lastName}`.toLowerCase() : 'client';
  const phone = `+380${common(OPERATORS, random.readUInt16BE(6))}${String(random.readUInt32BE(8) % 10_000_000).padStart(7, '0')}`;
  return {
    id: uuid(random, 0),
    externalId: uuid(random, 4),
    customerId: uuid(random, 8),
    walletId: uuid(random, 12),
    email: `${latin}.${n}@example.com`,
    details: {
      firstName,
      lastName,
      country: 'UA',
      phoneNumber: phone,
      documentNumber: `FE${String(n % 1_000_000).padStart(6, '0')}`,
      taxNumber: '',
      residenceAddress: `${(n % 200) + 1} Khreshchatyk, Kyiv`,
    },
    state: stateOf(n),
  };
}

function stateOf(n: number): SeededState {
  const rare = (n <= BUSY_PEOPLE ? BUSY[n % 10] : undefined) ?? RARE[n % 2_000];
  if (rare) return rare;
  if (n % 200 === 8) return 'blocked';
  return n % 20 === 9 ? 'details-missing' : 'ready';
}

/** Reports whether this person has been a customer for years, with 200 events. */
export function hasLongHistory(n: number): boolean {
  return n % 1_000 === 15;
}

/** Chooses one of a list whose first members are the most common. @param random from 0 to 65,535. */
function common(list: string[], random: number): string {
  return list[Math.floor(list.length * (random / 65_536) ** 2)] ?? '';
}

function uuid(random: Buffer, offset: number): string {
  const hex = random.toString('hex', offset, offset + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
