import { keyOf } from '../nodes/shops.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { createMachines } from './machines.ts';
import { createPeople, type Person } from './people.ts';
import { createRequests, type RequestsOptions } from './requests.ts';

/** In the other worlds nobody is added, and no machine gets a key. */
const CHANCE = 0.4;
const ACTS = 30;
const THINK_MS = 200;
/** After this, nodes must have noticed what ended. */
const LONG_PAUSE_MS = 6_000;

export interface Personnel {
  readonly shop: string;
  readonly people: readonly Person[];
  work(): Promise<void>;
  settle(): Promise<void>;
}

interface PersonnelOptions extends Omit<RequestsOptions, 'name'> {
  readonly shop: string;
  readonly secrets: KnownSecrets;
  readonly fail: (rule: string, message: string) => void;
}

/** An administrator of a shop, with its people and its machines. */
export function createPersonnel(options: PersonnelOptions): Personnel {
  const { conditions, shop, secrets, fail } = options;
  const requests = createRequests({ ...options, name: 'personnel' });
  const { rnd, pause } = requests;
  const now = () => conditions.world.now;
  const parts = { requests, secrets, admin: keyOf(shop, 'admin'), now, fail, shop };
  const people = createPeople(parts);
  const machines = createMachines(parts);

  return {
    shop,
    people: people.people,
    async work() {
      if (!rnd.chance(CHANCE)) return;
      for (let i = 0; i < ACTS; i++) {
        await pause(rnd.chance(0.15) ? LONG_PAUSE_MS : THINK_MS);
        await (rnd.chance(0.7) ? people : machines).act();
      }
    },
    settle: () => people.settle(),
  };
}
