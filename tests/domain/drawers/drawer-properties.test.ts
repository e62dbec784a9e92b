import fc from 'fast-check';

import {
  type DrawerCommand,
  drawerDecider,
  type DrawerEvent,
  type DrawerState,
} from '../../../src/domain/drawers/index.ts';
import { CONTEXT } from '../../support/decider.ts';
import { closeIt, count, drawerOpened, move, sale } from '../../support/drawer-builders.ts';

const amount = fc.integer({ min: 1, max: 1_000_000 });
const command: fc.Arbitrary<DrawerCommand> = fc.oneof(
  { weight: 4, arbitrary: amount.map((n) => sale({ amountMinor: n, cashMinor: n })) },
  amount.map((n) => sale({ method: 'credit_card', amountMinor: n, cashMinor: 0 })),
  amount.map((n) => sale({ kind: 'refund', amountMinor: n, cashMinor: -n })),
  fc.tuple(fc.constantFrom('in' as const, 'out' as const), amount).map(([d, n]) => move(d, n)),
  amount.map((n) => count([n, 1])),
  fc.constant<DrawerCommand>({ type: 'ApproveVariance', data: { reason: 'r', approvedBy: 'A' } }),
  fc.constant(closeIt()),
  amount.map((n): DrawerCommand => ({
    type: 'CorrectDrawer',
    data: { cashMinor: -n, currency: 'EUR', reason: 'r', approvedBy: 'A' },
  })),
);

function run(commands: readonly DrawerCommand[]): { events: DrawerEvent[]; state: DrawerState } {
  const events: DrawerEvent[] = [drawerOpened()];
  let state = drawerDecider.evolve(drawerDecider.initialState, drawerOpened());
  for (const [i, each] of commands.entries()) {
    try {
      const context = { ...CONTEXT, commandId: `command-${i}` };
      for (const event of drawerDecider.decide(each, state, context)) {
        state = drawerDecider.evolve(state, event);
        events.push(event);
      }
    } catch {
      // A refusal changes nothing.
    }
  }
  return { events, state };
}

const cashOf = (events: readonly DrawerEvent[]) =>
  events.reduce(
    (sum, event) =>
      event.type === 'DrawerEntryRecorded' || event.type === 'DrawerCorrected'
        ? sum + event.data.cashMinor
        : sum,
    0,
  );

describe('any course of a drawer session', () => {
  it('expects the float and what went in, less what went out', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const { events, state } = run(commands);
        expect(state).toMatchObject({ expectedMinor: 5_000 + cashOf(events) });
      }),
    );
  });

  it('closes at most once, with counted less expected at that moment', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const { events } = run(commands);
        const closes = events.filter(({ type }) => type === 'DrawerClosed');
        expect(closes.length).toBeLessThanOrEqual(1);
        const at = events.findIndex(({ type }) => type === 'DrawerClosed');
        if (at < 0) return;
        const expectedMinor = 5_000 + cashOf(events.slice(0, at));
        const { countedMinor, varianceMinor } = closes[0]?.data as unknown as Record<
          string,
          number
        >;
        expect(varianceMinor).toBe((countedMinor ?? NaN) - expectedMinor);
        expect(events.slice(at + 1).every(({ type }) => type === 'DrawerCorrected')).toBe(true);
      }),
    );
  });
});
