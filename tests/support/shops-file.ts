import { createHash } from 'node:crypto';

import { type Role, ROLES } from '../../src/domain/kernel/shop.ts';

/** A shop as the shops file lists it, with a key for each role. */
export const shopEntry = (id: string, keyFor: (role: Role) => string) => ({
  id,
  name: `Shop ${id}`,
  currency: 'USD',
  timezone: 'America/Bogota',
  dayStartsAt: '04:00',
  keys: ROLES.map((role) => ({
    id: `${id}-${role}`,
    sha256: createHash('sha256').update(keyFor(role)).digest('hex'),
    role,
  })),
});
