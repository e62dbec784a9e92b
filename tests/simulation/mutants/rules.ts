import type { DomainEvent } from '../../../src/domain/kernel/event.ts';
import type { AnyDeciderOf, CommandEngine } from '../../../src/engine/commands/command-engine.ts';
import type { ProcessManager } from '../../../src/engine/processes/process-manager.ts';
import type { Projection } from '../../../src/engine/projections/folding/projection.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { Mutant } from './mutant.ts';

type State = Record<string, unknown>;
type AnyDecider = AnyDeciderOf<State, never, DomainEvent>;

interface Change {
  readonly before?: (state: State) => State;
  readonly after?: (event: DomainEvent) => DomainEvent;
  readonly keep?: (event: DomainEvent) => boolean;
}

const asIs = <T>(value: T): T => value;

/** Commands that are decided on another state, or otherwise, than the rules say. */
const deciding =
  ({ before = asIs, after = asIs, keep = () => true }: Change) =>
  (commands: CommandEngine): CommandEngine => ({
    ...commands,
    execute(decider, request) {
      const given = decider as unknown as AnyDecider;
      const wrong: AnyDecider = {
        ...given,
        decide: (command, state, context) =>
          given.decide(command, before(state), context).map(after).filter(keep),
      };
      return commands.execute(wrong as unknown as typeof decider, request);
    },
  });

const dataOf = (event: DomainEvent) => event.data as Record<string, unknown>;

const mappingsOf = (event: DomainEvent) => dataOf(event)['mappings'] as readonly unknown[];

const withProjections =
  (change: (projection: Projection) => Projection) =>
  (features: readonly Feature[]): readonly Feature[] =>
    features.map((feature) => ({ ...feature, projections: feature.projections.map(change) }));

const withProcesses =
  (change: (process: ProcessManager) => readonly ProcessManager[]) =>
  (features: readonly Feature[]): readonly Feature[] =>
    features.map((feature) => ({ ...feature, processes: feature.processes.flatMap(change) }));

/** Bugs of the rules of business, of read models and of processes. */
export const ruleMutants: readonly Mutant[] = [
  {
    name: 'notice-kept-twice',
    standsFor: 'a notice of the payment provider that comes again is taken for another one',
    commands: deciding({
      before: (state) => ('attemptId' in state ? { ...state, attemptId: null } : state),
    }),
  },
  {
    name: 'mapping-not-taken-back',
    standsFor: 'an earlier field mapping is named as restored, but the newest one stays',
    commands: deciding({
      after: (event) =>
        event.type === 'FieldMappingsRestored'
          ? { ...event, data: { ...dataOf(event), mappings: [] } }
          : event,
    }),
  },
  {
    name: 'half-mapping-accepted',
    standsFor: 'a field mapping that lacks what the provider requires is accepted',
    commands: deciding({
      after: (event) =>
        event.type === 'FieldMappingsSet'
          ? { ...event, data: { ...dataOf(event), mappings: mappingsOf(event).slice(1) } }
          : event,
    }),
  },
  {
    name: 'money-rounded',
    standsFor: 'a payment into an account is rounded to tens',
    commands: deciding({
      after: (event) => {
        if (event.type !== 'AccountPaymentRecorded') return event;
        const data = event.data as { amountMinor: number; creditMinor: number };
        const off = data.amountMinor % 10;
        if (off === 0 || data.creditMinor < off) return event;
        const [amountMinor, creditMinor] = [data.amountMinor - off, data.creditMinor - off];
        const balanceMinor = Number(dataOf(event)['balanceMinor']) + off;
        return { ...event, data: { ...data, amountMinor, creditMinor, balanceMinor } };
      },
    }),
  },
  {
    name: 'allocation-not-recorded',
    standsFor: 'what was paid stays credit, while debts are open',
    commands: deciding({
      after: (event) => {
        if (event.type !== 'AccountPaymentRecorded') return event;
        const { amountMinor } = event.data as { amountMinor: number };
        return { ...event, data: { ...dataOf(event), allocations: [], creditMinor: amountMinor } };
      },
    }),
  },
  {
    name: 'limit-not-checked',
    standsFor: 'a customer may owe whatever the shop sells',
    commands: deciding({
      before: (state) =>
        'creditLimitMinor' in state ? { ...state, creditLimitMinor: null } : state,
    }),
  },
  {
    name: 'contact-not-folded',
    standsFor: 'the contact before a change is always the first one, so that history lies',
    commands: deciding({
      before: (state) =>
        'personal' in state ? { ...state, personal: { name: 'The first name' } } : state,
    }),
  },
  {
    name: 'refunds-forgotten',
    standsFor: 'what was refunded before is not counted',
    commands: deciding({
      before: (state) =>
        'lineRefunds' in state
          ? { ...state, refunded: { cash: 0, card: 0, account: 0 }, lineRefunds: [] }
          : state,
    }),
  },
  {
    name: 'cash-counted-twice',
    standsFor: 'cash that paid a debt may be paid out as cash later',
    commands: deciding({
      before: (state) => {
        if (!('cashHeldMinor' in state)) return state;
        const { cashHeldMinor, creditMinor } = state as Record<string, number>;
        const cashRefundableMinor = Math.min(cashHeldMinor ?? 0, creditMinor ?? 0);
        return { ...state, cashRefundableMinor };
      },
    }),
  },
  {
    name: 'refund-without-tax',
    standsFor: 'the tax of refunded goods stays in the books',
    commands: deciding({
      after: (event) => {
        if (event.type !== 'OrderRefunded') return event;
        return { ...event, data: { ...dataOf(event), taxMinor: 0, inclusiveTaxMinor: 0 } };
      },
    }),
  },
  {
    name: 'event-type-skipped',
    standsFor: 'a read model does not know of refunds',
    features: withProjections((projection) => ({
      ...projection,
      evolve: (document, event, key) =>
        event.type === 'OrderRefunded' && projection.name === 'order-list'
          ? document
          : projection.evolve(document, event, key),
    })),
  },
  {
    name: 'fold-with-memory',
    standsFor: 'a read model counts in a variable of its own, which dies with its process',
    features: (features) => {
      let orders = 0;
      const counted = withProjections((projection) => ({
        ...projection,
        evolve(document, event, key) {
          const after = projection.evolve(document, event, key);
          if (projection.name !== 'order-list' || after === undefined) return after;
          return { ...after, placed: (orders += event.type === 'OrderPlaced' ? 1 : 0) };
        },
      }));
      return counted(features);
    },
  },
  {
    name: 'settlement-forgotten',
    standsFor: 'nobody completes what a request has begun',
    features: withProcesses(() => []),
  },
  {
    name: 'settlement-twice',
    standsFor: 'a process gives commands with ids that do not come from its event',
    features: withProcesses((process) => [
      'open' in process
        ? process
        : {
            ...process,
            react: (event, services) => {
              const commandId = `${event.metadata.commandId}-again`;
              const metadata = { ...event.metadata, commandId };
              return process.react({ ...event, metadata }, services);
            },
          },
    ]),
  },
  {
    name: 'tip-counted-whole',
    standsFor: 'a changed tip counts as a whole where only the difference came in',
    commands: deciding({
      after: (event) => {
        if (event.type !== 'OrderTipAdjusted') return event;
        return { ...event, data: { ...dataOf(event), tipAddedMinor: dataOf(event)['tipMinor'] } };
      },
    }),
  },
  {
    name: 'change-counted-as-cash',
    standsFor: 'the drawer counts the cash handed over, with the change that went back',
    commands: deciding({
      after: (event) => {
        if (event.type !== 'DrawerEntryRecorded' || dataOf(event)['kind'] !== 'sale') return event;
        const { cashMinor, expectedMinor } = dataOf(event) as Record<string, number>;
        if (cashMinor === undefined || cashMinor === 0) return event;
        const counted = { cashMinor: cashMinor + 500, expectedMinor: (expectedMinor ?? 0) + 500 };
        return { ...event, data: { ...dataOf(event), ...counted } };
      },
    }),
  },
  {
    name: 'close-edited',
    standsFor: 'a drawer that was closed is closed again with other figures',
    commands: deciding({
      before: (state) =>
        'tillId' in state && state['status'] === 'closed' ? { ...state, status: 'open' } : state,
    }),
  },
  {
    name: 'reserve-ignores-reserved',
    standsFor: 'a reservation looks at what is on hand, not at what is available',
    commands: deciding({
      before: (state) => ('carried' in state ? { ...state, reserved: 0 } : state),
    }),
  },
  {
    name: 'confirmed-twice',
    standsFor: 'a reservation that has left the stock can be confirmed again',
    commands: deciding({
      before: (state) => {
        if (!('carried' in state)) return state;
        const buckets = Object.values(state['ended'] as Record<string, Record<string, string>>);
        const ended = buckets.flatMap((bucket) => Object.entries(bucket));
        const expiresAt = '2999-01-01T00:00:00.000Z';
        const again = ended
          .filter(([, outcome]) => outcome === 'confirmed')
          .map(([reservationId]) => ({ reservationId, quantity: 1, expiresAt }));
        return { ...state, reservations: [...(state['reservations'] as object[]), ...again] };
      },
    }),
  },
  {
    name: 'negative-in-silence',
    standsFor: 'a stock falls below 0 without an alert',
    commands: deciding({ keep: ({ type }) => type !== 'StockWentNegative' }),
  },
  {
    name: 'breach-in-silence',
    standsFor: 'a customer owes more than the limit without an alert',
    commands: deciding({ keep: ({ type }) => type !== 'CreditLimitBreached' }),
  },
  {
    name: 'price-of-another-day',
    standsFor: 'an order captures a price that the catalogue never had',
    commands: (commands) => ({
      ...commands,
      async load(decider, storeId, entityId) {
        const loaded = await commands.load(decider, storeId, entityId);
        const state = loaded.state as State;
        if (decider.category !== 'product' || typeof state['priceMinor'] !== 'number')
          return loaded;
        return { ...loaded, state: { ...state, priceMinor: state['priceMinor'] + 1 } as never };
      },
    }),
  },
  {
    name: 'sku-not-claimed',
    standsFor: 'two products are given the same sku',
    commands: deciding({
      before: (state) => ('claimedAt' in state ? { ...state, productId: null } : state),
    }),
  },
  {
    name: 'older-taken-for-newer',
    standsFor: 'an event of an older version is read as it is, as if nothing had been added since',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        events: {
          ...feature.events,
          types: feature.events.types.map((type) => ({ ...type, upcasters: { 1: asIs } })),
        },
      })),
  },
];
