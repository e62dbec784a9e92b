import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import fc from 'fast-check';

import {
  type AccountCommand,
  accountDecider,
  type AccountEvent,
  accountEvents,
  type AccountState,
  type AllocationRequest,
  balanceMinor,
  type OpenAccountState,
  owedMinor,
} from '../../../src/domain/accounts/index.ts';
import { NotFoundError } from '../../../src/domain/kernel/errors.ts';
import { contextOf, CUSTOMER, openStateOf } from '../../support/account-builders.ts';

const DAYS = ['2025-03-10', '2025-04-20', '2025-07-01'] as const;
const checks = new Map(
  accountEvents.types.map(({ type, schema }) => [
    type,
    TypeCompiler.Compile(schema as unknown as TSchema),
  ]),
);

interface Step {
  readonly id: string;
  readonly command: AccountCommand;
  readonly day: string;
  readonly before: OpenAccountState;
  readonly after: OpenAccountState;
  readonly events: readonly AccountEvent[];
  readonly refused: string | undefined;
}

const amount = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -1, max: 400 }));
const currency = fc.constantFrom('EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD');
const orderId = fc.constantFrom('order-1', 'order-2', 'order-3');
/** Mostly one of the open debts, by its place; else a command's id: settled, or of no debt at all. */
const debtId = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => `open-${n}`) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }).map((n) => `${CUSTOMER}:c${n}`) },
);
const reason = fc.constantFrom('because', 'because', 'because', '', undefined);
const allocations = fc.option(
  fc.array(fc.record({ debtId, amountMinor: amount }), { maxLength: 3 }),
  {
    nil: undefined,
    freq: 2,
  },
);

/** Leaves out what is undefined, as JSON from a client would. */
const given = <T extends object>(value: T) => JSON.parse(JSON.stringify(value)) as T;
const named = (type: AccountCommand['type'], data: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(data).map((drawn) => ({ type, data: given(drawn) }) as unknown as AccountCommand);

const command = fc.oneof(
  {
    weight: 5,
    arbitrary: named('OpenDebt', {
      amountMinor: amount,
      currency,
      orderId: fc.option(orderId, { nil: undefined }),
      dueDate: fc.constantFrom(undefined, '2025-03-01', '2025-03-31', '2025-06-01'),
      kind: fc.constantFrom(undefined, undefined, 'sale', 'direct', 'opening'),
    }),
  },
  {
    weight: 5,
    arbitrary: named('RecordAccountPayment', {
      method: fc.constantFrom('cash', 'cash', 'credit_card', 'bank_transfer'),
      amountMinor: amount,
      currency,
      tenderedMinor: fc.option(amount, { nil: undefined, freq: 1 }),
      allocations,
      reason,
    }),
  },
  {
    weight: 3,
    arbitrary: named('CreditReturn', {
      refundId: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
      orderId,
      amountMinor: amount,
      currency,
    }),
  },
  { weight: 3, arbitrary: named('PayOutCash', { amountMinor: amount, currency, reason }) },
  {
    weight: 2,
    arbitrary: named('WriteOffDebt', {
      debtId,
      amountMinor: fc.option(amount, { nil: undefined }),
      reason,
      approvedBy: fc.constantFrom('Grace', 'Grace', ''),
    }),
  },
  { weight: 2, arbitrary: named('AllocateCredit', { allocations, reason }) },
  {
    weight: 1,
    arbitrary: named('ChangeContact', {
      name: fc.constantFrom(undefined, 'Ada', 'Bea'),
      phone: fc.constantFrom(undefined, '', '+43 1'),
    }),
  },
  { weight: 1, arbitrary: named('ErasePersonalData', { reason: fc.constant('request') }) },
  {
    weight: 1,
    arbitrary: named('ChangeTerms', {
      creditLimitMinor: fc.constantFrom(undefined, null, 0, 150, 500),
      blockWhenOverdue: fc.constantFrom(undefined, true, false),
    }),
  },
);

const commands = fc.array(fc.tuple(command, fc.constantFrom(...DAYS)), {
  minLength: 1,
  maxLength: 40,
  size: 'max',
});

/** Puts the ids of open debts where a command speaks of them by their place. */
function resolved(command: AccountCommand, { debts }: OpenAccountState): AccountCommand {
  return JSON.parse(JSON.stringify(command), (key, value: unknown) => {
    if (key !== 'debtId' || typeof value !== 'string' || !value.startsWith('open-')) return value;
    return debts[Number(value.slice(5)) % debts.length]?.debtId ?? value;
  }) as AccountCommand;
}

function play(drawn: readonly (readonly [AccountCommand, string])[]): Step[] {
  const opening: AccountCommand = {
    type: 'OpenAccount',
    data: { currency: 'EUR', name: 'Ada', creditLimitMinor: 300 },
  };
  const fold = (state: AccountState, events: readonly AccountEvent[]): OpenAccountState =>
    openStateOf({
      events,
      state: events.reduce((at, event) => accountDecider.evolve(at, event), state),
    });
  const { initialState } = accountDecider;
  let before = fold(
    initialState,
    accountDecider.decide(opening, initialState, contextOf('c-open', DAYS[0])),
  );
  return drawn.map(([spoken, day], index) => {
    const id = `c${index}`;
    const each = resolved(spoken, before);
    try {
      const events = accountDecider.decide(each, before, contextOf(id, day));
      const step = { id, command: each, day, before, after: fold(before, events), events };
      before = step.after;
      return { ...step, refused: undefined };
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      const refused = String(error.code);
      if (refused === 'internal') throw error;
      return { id, command: each, day, before, after: before, events: [], refused };
    }
  });
}

/** Checks every step of many random ledgers. */
function always(check: (step: Step, all: readonly Step[]) => void): void {
  fc.assert(
    fc.property(commands, (drawn) => {
      const steps = play(drawn);
      for (const step of steps) check(step, steps);
    }),
    { numRuns: 150 },
  );
}

const sum = (rows: readonly { readonly amountMinor: number }[]) =>
  rows.reduce((total, row) => total + row.amountMinor, 0);

/** What an event does to the balance, by its kind alone. */
function movement({ type, data }: AccountEvent): number {
  switch (type) {
    case 'DebtOpened':
    case 'CashPaidOut':
      return data.amountMinor;
    case 'AccountPaymentRecorded':
    case 'DebtWrittenOff':
      return -data.amountMinor;
    case 'SaleReturnedToAccount':
      return data.recoveredMinor - data.amountMinor;
    default:
      return 0;
  }
}

/** The debts as they stood when the spread was decided, in the order in which it must pay them. */
function payable(step: Step): readonly AllocationRequest[] {
  const { debts } = step.before;
  const first = step.command.type === 'CreditReturn' ? step.command.data.orderId : undefined;
  const ordered =
    first === undefined
      ? debts
      : [...debts.filter((d) => d.orderId === first), ...debts.filter((d) => d.orderId !== first)];
  return ordered.map((debt) => ({ debtId: debt.debtId, amountMinor: debt.remainingMinor }));
}

describe('any sequence of account commands', () => {
  it('reaches every kind of event and refusal that the other properties speak of', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(commands, (drawn) => {
        for (const { events, refused } of play(drawn)) {
          if (refused !== undefined) seen.add(refused);
          for (const { type } of events) seen.add(type);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
    const wanted = [
      ...accountEvents.types.map(({ type }) => type).filter((type) => type !== 'AccountOpened'),
      'credit_limit_exceeded',
      'payout_exceeds_refundable',
      'allocation_exceeds_debt',
      'allocation_mismatch',
      'write_off_exceeds_debt',
      'debt_settled',
      'debt_not_found',
      'approval_required',
      'currency_mismatch',
      'amount_out_of_range',
      'overdue_block',
    ];
    expect(wanted.filter((each) => !seen.has(each))).toEqual([]);
  });

  it('yields events that fit their schemas', () => {
    always(({ events }) => {
      for (const { type, data } of events) {
        expect([...(checks.get(type)?.Errors(data) ?? [`no schema for ${type}`])]).toEqual([]);
      }
    });
  });

  it('keeps the balance at open debts less credit, and at the sum of the movements', () => {
    always((step, steps) => {
      const until = steps.slice(0, steps.indexOf(step) + 1);
      const moved = until.flatMap(({ events }) => events).reduce((b, e) => b + movement(e), 0);
      const { after } = step;
      expect(balanceMinor(after)).toBe(moved);
      expect(owedMinor(after) - after.creditMinor).toBe(moved);
      const last = step.events.at(-1);
      if (last) expect(last.data.balanceMinor).toBe(moved);
    });
  });

  it('spreads each payment and return to the last cent', () => {
    always(({ events }) => {
      for (const { type, data } of events) {
        if (type !== 'AccountPaymentRecorded' && type !== 'SaleReturnedToAccount') continue;
        const recoveredMinor = 'recoveredMinor' in data ? data.recoveredMinor : 0;
        expect(sum(data.allocations) + recoveredMinor + data.creditMinor).toBe(data.amountMinor);
      }
    });
  });

  it('never makes a debt or the credit negative and lists no settled debt as open', () => {
    always(({ after }) => {
      expect(after.creditMinor).toBeGreaterThanOrEqual(0);
      for (const debt of after.debts) {
        expect(debt.remainingMinor).toBeGreaterThan(0);
        expect(debt.remainingMinor).toBeLessThanOrEqual(debt.amountMinor);
        expect(after.settledDebtIds).not.toContain(debt.debtId);
      }
    });
  });

  it('lets no more cash out than came in as cash', () => {
    always((step, steps) => {
      const until = steps.slice(0, steps.indexOf(step) + 1).flatMap(({ events }) => events);
      const cashIn = until.filter(
        ({ type, data }) => type === 'AccountPaymentRecorded' && data.method === 'cash',
      );
      const cashOut = until.filter(({ type }) => type === 'CashPaidOut');
      const [inMinor, outMinor] = [cashIn, cashOut].map((events) =>
        sum(events.map(({ data }) => data as { amountMinor: number })),
      ) as [number, number];
      expect(outMinor).toBeLessThanOrEqual(inMinor);
      const { cashRefundableMinor, cashHeldMinor, creditMinor } = step.after;
      expect(cashHeldMinor).toBe(inMinor - outMinor);
      expect(cashRefundableMinor).toBeLessThanOrEqual(Math.min(cashHeldMinor, creditMinor));
    });
  });

  it('lets the limit and overdue debts stop new debts only', () => {
    always(({ command: { type }, refused }) => {
      if (refused === 'credit_limit_exceeded' || refused === 'overdue_block') {
        expect(type).toBe('OpenDebt');
      }
    });
  });

  it('opens no debt that takes the balance over the limit, but for opening balances', () => {
    always(({ events, after }) => {
      const opened = events.find(({ type }) => type === 'DebtOpened');
      if (opened?.type !== 'DebtOpened' || opened.data.kind === 'opening') return;
      if (after.creditLimitMinor === null) return;
      expect(opened.data.balanceMinor).toBeLessThanOrEqual(after.creditLimitMinor);
    });
  });

  it('pays debts strictly in order when nobody chose otherwise', () => {
    always((step) => {
      for (const { type, data } of step.events) {
        const isSpread = type === 'AccountPaymentRecorded' || type === 'SaleReturnedToAccount';
        if (!isSpread || ('policy' in data && data.policy === 'manual')) continue;
        const order = payable(step);
        const paid = data.allocations.map(({ debtId: id }) => id);
        expect(paid).toEqual(order.slice(0, paid.length).map(({ debtId: id }) => id));
        const full = order.slice(0, Math.max(0, paid.length - 1));
        expect(data.allocations.slice(0, -1).map((row) => row.amountMinor)).toEqual(
          full.map((debt) => debt.amountMinor),
        );
        if (data.creditMinor > 0) expect(sum(data.allocations)).toBe(sum(order));
      }
    });
  });

  it('counts each refund once', () => {
    always((step, steps) => {
      if (step.command.type !== 'CreditReturn' || step.refused !== undefined) return;
      const { refundId } = step.command.data;
      const counted = steps
        .flatMap(({ events }) => events)
        .filter(({ type, data }) => type === 'SaleReturnedToAccount' && data.refundId === refundId);
      expect(counted).toHaveLength(1);
    });
  });

  it('keeps a state that survives JSON', () => {
    always(({ after }) => {
      expect(JSON.parse(JSON.stringify(after))).toEqual(after);
    });
  });

  it('knows no account before it is opened, whatever is commanded', () => {
    fc.assert(
      fc.property(command, (each) => {
        const { initialState } = accountDecider;
        const refuse = () => accountDecider.decide(each, initialState, contextOf('c0'));
        expect(refuse).toThrow(NotFoundError);
      }),
      { numRuns: 50 },
    );
  });
});
