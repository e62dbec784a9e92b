import {
  drawerDecider,
  drawerDeciderWith,
  type DrawerEvent,
  type TillCommand,
  tillDecider,
  type TillEvent,
} from '../../../src/domain/drawers/index.ts';
import { CONTEXT, given } from '../../support/decider.ts';
import {
  closeIt,
  count,
  DRAWER,
  drawerClosed,
  drawerCounted,
  drawerOpened,
  move,
  sale,
  saleRecorded,
} from '../../support/drawer-builders.ts';

const open: DrawerEvent[] = [drawerOpened()];
const balanced: DrawerEvent[] = [...open, drawerCounted()];
const closed: DrawerEvent[] = [...balanced, drawerClosed()];

describe('OpenDrawer', () => {
  const command = {
    type: 'OpenDrawer',
    data: { tillId: 'till-1', currency: 'EUR', openingFloatMinor: 5_000 },
  } as const;

  it("expects the float, and keeps the shop's limit of the variance", () => {
    given(drawerDeciderWith({ varianceLimitMinor: 7 }), [])
      .when(command)
      .then([drawerOpened({ varianceLimitMinor: 7 })]);
  });

  it('is opened once', () => {
    given(drawerDecider, open).when(command).thenRefused('drawer_exists');
  });

  it('has its till alone, until a later session takes it over', () => {
    const till = { entityId: 'till-1' };
    const claim = (drawerId: string, from?: string): TillCommand => ({
      type: 'ClaimTill',
      data: { drawerId, ...(from !== undefined && { from }) },
    });
    const claimed = (drawerId: string): TillEvent => ({
      type: 'TillClaimed',
      data: { tillId: 'till-1', drawerId, claimedAt: CONTEXT.now },
    });
    const first = claimed('drawer-1');
    given(tillDecider, [first]).when(claim('drawer-2'), till).thenRefused('drawer_in_use');
    given(tillDecider, [first]).when(claim('drawer-1'), till).then([]);
    given(tillDecider, [first])
      .when(claim('drawer-2', 'drawer-1'), till)
      .then([claimed('drawer-2')]);
    given(tillDecider, [first, claimed('drawer-2')])
      .when(claim('drawer-3', 'drawer-1'), till)
      .thenRefused('drawer_in_use');
  });

  it('refuses a currency that does not exist', () => {
    given(drawerDecider, [])
      .when({ ...command, data: { ...command.data, currency: 'XXA' } })
      .thenRefused('unknown_currency');
  });
});

describe('the expected cash', () => {
  it('takes a cash sale without its change', () => {
    given(drawerDecider, open).when(sale()).then([saleRecorded()]);
  });

  it('stays as it is for a card', () => {
    const card = { method: 'credit_card', cashMinor: 0 } as const;
    given(drawerDecider, open)
      .when(sale(card))
      .then([saleRecorded({ ...card, expectedMinor: 5_000 })]);
  });

  it('takes and loses what is moved by hand, with a reason', () => {
    const entry = { entryId: `${DRAWER}:m-1`, kind: 'cash_out', reason: 'Change' } as const;
    const { orderId: _o, method: _m, dueMinor: _d, ...data } = saleRecorded().data;
    given(drawerDecider, open)
      .when(move('out', 5_000), { commandId: 'm-1' })
      .then([
        {
          type: 'DrawerEntryRecorded',
          data: { ...data, ...entry, amountMinor: 5_000, cashMinor: -5_000, expectedMinor: 0 },
        },
      ]);
    given(drawerDecider, open).when(move('out', 5_001)).thenRefused('cash_exceeds_drawer');
    given(drawerDecider, open)
      .when(move('in', 1, { reason: ' ' }))
      .thenRefused('approval_required');
    given(drawerDecider, open)
      .when(move('in', 1, { currency: 'USD' }))
      .thenRefused('currency_mismatch');
  });
});

describe('CountDrawer', () => {
  it('sums the denominations and states the variance', () => {
    given(drawerDecider, open)
      .when(count([500, 8], [1, 3]), { commandId: 'count-1' })
      .then([
        drawerCounted({
          denominations: [
            { valueMinor: 500, count: 8 },
            { valueMinor: 1, count: 3 },
          ],
          countedMinor: 4_003,
          varianceMinor: -997,
          needsApproval: true,
        }),
      ]);
  });

  it('takes a variance at the limit without approval', () => {
    const expected = { countedMinor: 4_500, varianceMinor: -500, needsApproval: false };
    given(drawerDecider, open)
      .when(count([4_500, 1]), { commandId: 'count-1' })
      .then([drawerCounted({ ...expected, denominations: [{ valueMinor: 4_500, count: 1 }] })]);
  });

  it('refuses a value named twice, and a sum out of range', () => {
    given(drawerDecider, open)
      .when(count([5, 1], [5, 2]))
      .thenRefused('invalid_request');
    given(drawerDecider, open)
      .when(count([Number.MAX_SAFE_INTEGER, 1_000_000]))
      .thenRefused('amount_out_of_range');
  });
});

describe('CloseDrawer', () => {
  it('needs a count that no cash has followed', () => {
    given(drawerDecider, open).when(closeIt()).thenRefused('drawer_not_counted');
    given(drawerDecider, [...balanced, saleRecorded()])
      .when(closeIt())
      .thenRefused('drawer_not_counted');
    const card = saleRecorded({ method: 'qr', cashMinor: 0, expectedMinor: 5_000 });
    given(drawerDecider, [...balanced, card])
      .when(closeIt(), { commandId: 'close-1' })
      .then([drawerClosed()]);
  });

  it('needs the approval of a variance above the limit', () => {
    const short = { countedMinor: 4_000, varianceMinor: -1_000, needsApproval: true };
    const counted: DrawerEvent[] = [...open, drawerCounted(short)];
    given(drawerDecider, counted).when(closeIt()).thenRefused('variance_not_approved');
    const approval: DrawerEvent = {
      type: 'DrawerVarianceApproved',
      data: {
        drawerId: DRAWER,
        tillId: 'till-1',
        currency: 'EUR',
        businessDay: '2025-03-10',
        countId: `${DRAWER}:count-1`,
        varianceMinor: -1_000,
        reason: 'Wrong change',
        approvedBy: 'Ruth',
      },
    };
    given(drawerDecider, counted)
      .when({ type: 'ApproveVariance', data: { reason: 'Wrong change', approvedBy: 'Ruth' } })
      .then([approval]);
    const figures = { countedMinor: 4_000, varianceMinor: -1_000, approvedBy: 'Ruth' };
    given(drawerDecider, [...counted, approval])
      .when(closeIt(), { commandId: 'close-1' })
      .then([drawerClosed(figures)]);
  });

  it('lists unfinished orders: those with a payment that left something due, then named ones', () => {
    const partly = saleRecorded({ dueMinor: 10 });
    const counted = { countedMinor: 11_000, expectedMinor: 11_000 };
    given(drawerDecider, [...open, partly, drawerCounted(counted)])
      .when(closeIt(['order-1', 'order-2', 'order-2']), { commandId: 'close-1' })
      .then([
        drawerClosed({
          ...counted,
          unfinished: [
            { orderId: 'order-1', dueMinor: 10 },
            { orderId: 'order-2', dueMinor: null },
          ],
        }),
      ]);
  });

  it('happens once', () => {
    given(drawerDecider, closed).when(closeIt()).thenRefused('drawer_closed');
    given(drawerDecider, closed).when(count()).thenRefused('drawer_closed');
    given(drawerDecider, closed).when(move('in', 1)).thenRefused('drawer_closed');
  });
});

describe('a closed session', () => {
  it('takes a late sale as a correction that refers to the close', () => {
    const { expectedMinor: _, ...entry } = saleRecorded().data;
    given(drawerDecider, closed)
      .when(sale())
      .then([
        {
          type: 'DrawerCorrected',
          data: {
            ...entry,
            closeId: `${DRAWER}:close-1`,
            expectedMinor: 11_000,
            varianceMinor: -6_000,
          },
        },
      ]);
  });

  it('is corrected by hand with a reason and a name, an open one is not', () => {
    const correct = (cashMinor: number, approvedBy = 'Ruth') =>
      ({
        type: 'CorrectDrawer',
        data: { cashMinor, currency: 'EUR', reason: 'Twice', approvedBy },
      }) as const;
    given(drawerDecider, closed).when(correct(0)).thenRefused('amount_out_of_range');
    given(drawerDecider, closed).when(correct(5, ' ')).thenRefused('approval_required');
    given(drawerDecider, open).when(correct(5)).thenRefused('drawer_open');
  });
});

it('knows only sessions that were opened', () => {
  given(drawerDecider, []).when(closeIt()).thenRefused('drawer_not_found');
});
