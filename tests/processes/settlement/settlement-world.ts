import { accountDecider } from '../../../src/domain/accounts/index.ts';
import type { Command } from '../../../src/domain/kernel/decider.ts';
import type { DomainEvent, RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import { orderDecider } from '../../../src/domain/orders/index.ts';
import type { AnyDeciderOf, CommandRequest } from '../../../src/engine/commands/command-engine.ts';
import type { Sequence } from '../../../src/engine/commands/sequence.ts';
import { features } from '../../../src/features/index.ts';
import { type ApiWorld, openWorld } from '../../api/support/api-world.ts';

const STORE = 'a';
const ENVELOPE = {
  actor: { kind: 'key', id: 'a-till' },
  correlationId: 'a-request',
  causationId: 'a-request',
} as const satisfies Omit<CommandRequest, 'command' | 'context'>;
const NOW = { now: '2024-05-01T12:00:00.000Z', businessDay: '2024-05-01' } as const;

/** The whole system before it starts: what a request did until the crash is done by hand. */
export interface SettlementWorld {
  readonly world: ApiWorld;
  give<State, Cmd extends Command, Event extends DomainEvent>(
    decider: AnyDeciderOf<State, Cmd, Event>,
    entityId: string,
    commandId: string,
    command: Cmd,
  ): Promise<{ readonly events: readonly Event[]; readonly state: State }>;
  openAccount(customerId: string, creditLimitMinor?: number): Promise<void>;
  placeSale(orderId: string, totalMinor: number): Promise<void>;
  /** Step 1 of a charge to an account, and nothing after it. */
  requestCharge(orderId: string, customerId: string, amountMinor: number): Promise<void>;
  settlement(commandId: string): Sequence;
  /** Types of the events of one order or account, oldest first. */
  types(category: 'order' | 'account', entityId: string): Promise<string[]>;
  /** Resolves with the first event of that type, live or not; the system must be started. */
  untilEvent(type: string, stream?: string): Promise<RecordedEvent>;
  /** Resolves when the process has passed all that is in the log now. */
  settled(): Promise<void>;
}

export async function openSettlementWorld(): Promise<SettlementWorld> {
  const world = await openWorld({ features, unstarted: true });
  const { commands, clock, masterKeys } = world.app.services;
  // A start makes the first master key; these requests came before a crash.
  await masterKeys.rotate();
  const give: SettlementWorld['give'] = (decider, entityId, commandId, command) =>
    commands.execute(decider, {
      command,
      context: { storeId: STORE, entityId, commandId, ...NOW },
      ...ENVELOPE,
    });

  async function events(): Promise<readonly RecordedEvent[]> {
    const { events: found } = await world.log.readAll({ after: START, limit: 1_000 });
    return found;
  }

  async function untilEvent(type: string, stream?: string): Promise<RecordedEvent> {
    const signal = AbortSignal.timeout(5_000);
    const live = { after: START, categories: ['order', 'account'] as const, signal };
    for await (const message of world.log.subscribe(live)) {
      if (message.kind !== 'events') continue;
      const found = message.events.find(
        (event) => event.type === type && (stream === undefined || event.stream === stream),
      );
      if (found) return found;
    }
    throw new Error(`expected ${type} within 5 s, found none`);
  }

  let marks = 0;
  const self: SettlementWorld = {
    world,
    give,
    async openAccount(customerId, creditLimitMinor) {
      await give(accountDecider, customerId, `open-${customerId}`, {
        type: 'OpenAccount',
        data: {
          currency: 'USD',
          name: 'Marta',
          ...(creditLimitMinor !== undefined && { creditLimitMinor }),
        },
      });
    },
    async placeSale(orderId, totalMinor) {
      const lines = [{ name: 'Goods', quantity: '1', unitPriceMinor: totalMinor }];
      const data = { currency: 'USD', lines };
      await give(orderDecider, orderId, `place-${orderId}`, { type: 'PlaceOrder', data });
    },
    async requestCharge(orderId, customerId, amountMinor) {
      await give(orderDecider, orderId, `charge-${orderId}`, {
        type: 'RequestAccountCharge',
        data: { customerId, amountMinor, currency: 'USD' },
      });
    },
    settlement: (commandId) => ({
      commands,
      clock,
      commandId,
      context: { storeId: STORE, ...NOW },
      envelope: ENVELOPE,
    }),
    async types(category, entityId) {
      const stream = streamName(category, STORE, entityId);
      return (await events()).filter((event) => event.stream === stream).map(({ type }) => type);
    },
    untilEvent,
    async settled() {
      // The process reads in order: once it has settled one more charge it has passed all before.
      marks += 1;
      const mark = `mark${marks}`;
      await self.openAccount(mark);
      await self.placeSale(mark, 1);
      await self.requestCharge(mark, mark, 1);
      await untilEvent('AccountChargeConfirmed', streamName('order', STORE, mark));
    },
  };
  return self;
}
