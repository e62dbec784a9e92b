import fc from 'fast-check';

import type { NewEvent, RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type { DocumentWrite } from '../../../src/ports/read-store.ts';
import { doubling, hiding } from '../../support/fault-log.ts';
import { createWorld, expectFolded, turn, type World } from '../../support/projection-world.ts';
import { toyEvent } from '../../support/toy-projections.ts';
import { checkpointOf, moveCheckpoint, overwrite } from './damage.ts';

const STORES = ['s1', 's2'];
/** Each run is short; a machine that is busy with other tests may still need long for all. */
const TIMEOUT_MS = 60_000;
const NAMES = ['tabs', 'totals', 'accounts'];

interface Append {
  readonly do: 'append';
  readonly store: number;
  readonly stream: number;
  readonly account: boolean;
  readonly kinds: readonly number[];
  readonly day: number;
}

type Action =
  | Append
  | { readonly do: 'rest'; readonly turns: number }
  | { readonly do: 'stop' }
  | { readonly do: 'break'; readonly how: 'error' | 'end'; readonly rewind: number }
  | { readonly do: 'refuse'; readonly method: 'commit' | 'load' | 'revisions' | 'checkpoint' }
  | { readonly do: 'lose-answers' }
  | { readonly do: 'double' }
  | { readonly do: 'hide'; readonly every: number }
  | { readonly do: 'rebuild'; readonly name: number };

type Damage = {
  readonly name: number;
  readonly victim: number;
  readonly how: 'delete' | 'field' | 'extra' | 'checkpoint-back' | 'checkpoint-gone';
};

const append: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('append' as const),
  store: fc.nat(1),
  stream: fc.nat(2),
  account: fc.boolean(),
  kinds: fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }),
  day: fc.nat(1),
});

const fault: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('rest' as const), turns: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ do: fc.constant('stop' as const) }),
  fc.record({
    do: fc.constant('break' as const),
    how: fc.constantFrom('error' as const, 'end' as const),
    rewind: fc.constantFrom(0, 0, 1, 3, 100),
  }),
  fc.record({
    do: fc.constant('refuse' as const),
    method: fc.constantFrom('commit' as const, 'load', 'revisions', 'checkpoint'),
  }),
  fc.record({ do: fc.constant('lose-answers' as const) }),
  fc.record({ do: fc.constant('double' as const) }),
  fc.record({ do: fc.constant('hide' as const), every: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ do: fc.constant('rebuild' as const), name: fc.nat(2) }),
);

const limits = fc.record({
  feedBatch: fc.integer({ min: 1, max: 10 }),
  sliceEvents: fc.integer({ min: 1, max: 10 }),
  commitEvents: fc.integer({ min: 1, max: 20 }),
});

/** Events that a till would send: nothing is taken from a tab that is not open. */
async function appendNext(world: World, { store, stream, account, kinds, day }: Append) {
  const storeId = STORES[store] ?? 's1';
  const name = `${account ? 'account' : 'order'}-${storeId}.${stream}`;
  let open = isOpen(await world.log.readStream(name));
  const events: NewEvent[] = [];
  for (const kind of kinds) {
    const data = { day: `d${day}`, amount: kind + 1 };
    const type = kind === 0 && open ? 'TabClosed' : kind < 3 && open ? 'LineRemoved' : 'LineAdded';
    open = type !== 'TabClosed';
    events.push(toyEvent(storeId, type, data));
  }
  await world.append(name, ...events);
}

function isOpen(events: readonly RecordedEvent[]): boolean {
  const last = events.at(-1);
  return last !== undefined && last.type !== 'TabClosed';
}

/** One more event in each stream that there is, so that whatever was hidden comes to light. */
async function reveal(world: World): Promise<void> {
  world.log.rewrite = undefined;
  world.log.rewind = 0;
  for (let store = 0; store < 2; store++) {
    for (let stream = 0; stream < 3; stream++) {
      for (const account of [true, false]) {
        await appendNext(world, { do: 'append', store, stream, account, kinds: [5], day: 0 });
      }
    }
  }
}

async function act(world: World, action: Action): Promise<void> {
  switch (action.do) {
    case 'append':
      return appendNext(world, action);
    case 'rest':
      for (let i = 0; i < action.turns; i++) await turn();
      return;
    case 'stop':
      return world.restart();
    case 'break':
      world.log.rewind = action.rewind;
      {
        world.log.breakSubscription(action.how);
        return;
      }
    case 'refuse': {
      world.store.failNext(action.method, 2);
      return;
    }
    case 'lose-answers': {
      world.store.loseNextAnswers(2);
      return;
    }
    case 'double':
      world.log.rewrite = doubling;
      return;
    case 'hide': {
      let count = 0;
      world.log.rewrite = hiding(() => {
        count += 1;
        return count % action.every === 0;
      });
      return;
    }
    case 'rebuild':
      return world.engine.rebuild(NAMES[action.name] ?? 'tabs', 'by chance');
  }
}

/** A start may meet a store that refuses; its caller starts it again. */
async function restarting(world: World, action: Action): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await act(world, action);
      return;
    } catch (error) {
      if (action.do !== 'stop' && action.do !== 'rebuild') throw error;
      if (tries > 10) throw error;
    }
  }
}

describe('whatever happens', () => {
  it(
    'documents end as the plain fold of the log',
    async () => {
      const actions = fc.array(fc.oneof({ weight: 3, arbitrary: append }, fault), {
        maxLength: 40,
      });
      await fc.assert(
        fc.asyncProperty(limits, actions, async (chosen, all) => {
          const world = createWorld({ limits: chosen });
          try {
            await world.engine.start();
            for (const action of all) await restarting(world, action);
            await reveal(world);
            await world.caughtUp();
            await expectFolded(world, NAMES);
          } finally {
            await world.close();
          }
        }),
        { numRuns: 50 },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'documents damaged by hand are put right by an audit',
    async () => {
      const damage: fc.Arbitrary<Damage> = fc.record({
        name: fc.nat(2),
        victim: fc.nat(5),
        how: fc.constantFrom('delete', 'field', 'extra', 'checkpoint-back', 'checkpoint-gone'),
      });
      const damages = fc.array(damage, { minLength: 1, maxLength: 5 });
      const some = fc.array(append, { minLength: 1, maxLength: 15 });
      await fc.assert(
        fc.asyncProperty(limits, some, damages, some, async (chosen, before, hurts, after) => {
          const world = createWorld({ limits: chosen });
          try {
            await world.engine.start();
            for (const action of before) await act(world, action);
            await world.caughtUp();
            for (const hurt of hurts) await damageByHand(world, hurt);
            for (const action of after) await act(world, action);
            // One for each read model, so that a moved checkpoint is met.
            await reveal(world);
            await world.caughtUp();
            await world.engine.audit({ heal: true });
            await world.caughtUp();
            await expectFolded(world, NAMES);
            const reports = await world.engine.audit({ heal: false });
            expect(reports.flatMap((report) => report.damages)).toEqual([]);
          } finally {
            await world.close();
          }
        }),
        { numRuns: 30 },
      );
    },
    TIMEOUT_MS,
  );
});

async function damageByHand(world: World, { name, victim, how }: Damage): Promise<void> {
  const projection = NAMES[name] ?? 'tabs';
  const collection = world.collection(projection);
  const documents = (await world.store.scan(collection, '', 100)) as DocumentWrite[];
  const document = documents[victim % Math.max(documents.length, 1)];
  if (!document) return;
  const body = document.body as object;
  if (how === 'delete') {
    await overwrite(world, projection, [{ ...document, body: undefined }]);
  } else if (how === 'field') {
    await overwrite(world, projection, [{ ...document, body: { ...body, sum: -7 } }]);
  } else if (how === 'extra') {
    await overwrite(world, projection, [{ ...document, key: `${document.storeId}.extra` }]);
  } else if (how === 'checkpoint-gone') {
    await world.store.resetCheckpoint(collection);
  } else {
    const events = await world.events();
    const event = events[victim];
    const at = await checkpointOf(world, collection).catch(() => undefined);
    if (!event || !at || event.position.commit >= at.position.commit) return;
    const { position, id: eventId } = event;
    await moveCheckpoint(world, collection, { ...at, position, eventId });
  }
}
