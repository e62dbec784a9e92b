import type {
  DrawerClosed,
  DrawerCommand,
  DrawerCounted,
  DrawerEntryRecorded,
  DrawerOpened,
  MoveCash,
  RecordDrawerEntry,
} from '../../src/domain/drawers/index.ts';
import { CONTEXT } from './decider.ts';

export const DRAWER = CONTEXT.entityId;

const common = {
  drawerId: DRAWER,
  tillId: 'till-1',
  currency: 'EUR',
  businessDay: CONTEXT.businessDay,
};

export const drawerOpened = (data: Partial<DrawerOpened['data']> = {}): DrawerOpened => ({
  type: 'DrawerOpened',
  data: {
    ...common,
    openingFloatMinor: 5_000,
    varianceLimitMinor: 500,
    expectedMinor: 5_000,
    ...data,
  },
});

export const saleRecorded = (
  data: Partial<DrawerEntryRecorded['data']> = {},
): DrawerEntryRecorded => ({
  type: 'DrawerEntryRecorded',
  data: {
    ...common,
    entryId: 'payment-1',
    kind: 'sale',
    orderId: 'order-1',
    method: 'cash',
    amountMinor: 6_000,
    tipMinor: 0,
    cashMinor: 6_000,
    dueMinor: 0,
    expectedMinor: 11_000,
    ...data,
  },
});

export const drawerCounted = (data: Partial<DrawerCounted['data']> = {}): DrawerCounted => ({
  type: 'DrawerCounted',
  data: {
    ...common,
    countId: `${DRAWER}:count-1`,
    denominations: [{ valueMinor: 500, count: 10 }],
    countedMinor: 5_000,
    expectedMinor: 5_000,
    varianceMinor: 0,
    needsApproval: false,
    ...data,
  },
});

export const drawerClosed = (data: Partial<DrawerClosed['data']> = {}): DrawerClosed => ({
  type: 'DrawerClosed',
  data: {
    ...common,
    closeId: `${DRAWER}:close-1`,
    countId: `${DRAWER}:count-1`,
    expectedMinor: 5_000,
    countedMinor: 5_000,
    varianceMinor: 0,
    unfinished: [],
    ...data,
  },
});

export const sale = (data: Partial<RecordDrawerEntry['data']> = {}): RecordDrawerEntry => ({
  type: 'RecordDrawerEntry',
  data: {
    entryId: 'payment-1',
    kind: 'sale',
    orderId: 'order-1',
    method: 'cash',
    amountMinor: 6_000,
    tipMinor: 0,
    cashMinor: 6_000,
    dueMinor: 0,
    currency: 'EUR',
    ...data,
  },
});

export const move = (
  direction: 'in' | 'out',
  amountMinor: number,
  data: Partial<MoveCash['data']> = {},
): MoveCash => ({
  type: 'MoveCash',
  data: { direction, amountMinor, currency: 'EUR', reason: 'Change', ...data },
});

export const count = (...denominations: [valueMinor: number, count: number][]): DrawerCommand => ({
  type: 'CountDrawer',
  data: { denominations: denominations.map(([valueMinor, count]) => ({ valueMinor, count })) },
});

export const closeIt = (unfinishedOrderIds?: string[]): DrawerCommand => ({
  type: 'CloseDrawer',
  data: unfinishedOrderIds ? { unfinishedOrderIds } : {},
});
