import { createCalendar } from '../../../src/adapters/system/calendar.ts';
import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { type Role, ROLES, type Shop } from '../../../src/domain/kernel/shop.ts';

const PLACES = [
  { id: 'bogota', currency: 'COP', timezone: 'America/Bogota', dayStartsAt: '04:00' },
  { id: 'madrid', currency: 'EUR', timezone: 'Europe/Madrid', dayStartsAt: '05:30' },
  { id: 'boston', currency: 'USD', timezone: 'America/New_York', dayStartsAt: '00:00' },
];

export function keyOf(shop: string, role: Role): string {
  return `key-of-${shop}-${role}`;
}

/** A text that stands in all that one shop writes down, so that it is known where it turns up. */
export function markOf(shop: string): string {
  return `mark(${shop})`;
}

/** Shops never change, so that all worlds share them. */
export const SHOPS: readonly Shop[] = PLACES.map((place) => ({
  ...place,
  name: `Shop ${place.id}`,
  keys: ROLES.map((role) => ({
    id: `${place.id}-${role}`,
    sha256: systemDigest.sha256(keyOf(place.id, role)),
    role,
  })),
}));

/** The app of the shops at a provider of the world. */
export const SQUARE_APP = {
  provider: 'square',
  app: 'main',
  secrets: ['secret-of-square'],
  url: 'https://shops.example/webhooks/square/main',
  accounts: Object.fromEntries(SHOPS.map(({ id }) => [`merchant-${id}`, id])),
};

export const CALENDAR = createCalendar(() => SHOPS);
