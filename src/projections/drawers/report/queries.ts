import { formatMoney } from '../../../domain/kernel/format-money.ts';
import type { Drawer } from '../document.ts';
import type { DrawerReport } from './document.ts';

/** The X report of an open session, or the Z report of a closed one. */
export function reportOf(drawer: Drawer): DrawerReport {
  const { drawerId, tillId, currency, openedOn, openedAt, close } = drawer;
  const payments = sum(drawer.methods.map((each) => each.payments));
  const amountMinor = sum(drawer.methods.map((each) => each.amountMinor));
  const tipMinor = sum(drawer.methods.map((each) => each.tipMinor));
  return {
    kind: close ? 'Z' : 'X',
    drawerId,
    tillId,
    currency,
    businessDay: openedOn,
    openedAt,
    openingFloatMinor: drawer.openingFloatMinor,
    cash: drawer.cash,
    expectedMinor: close?.expectedMinor ?? drawer.expectedMinor,
    sales: {
      payments,
      amountMinor,
      tipMinor,
      refundedMinor: drawer.refundedMinor,
      netMinor: amountMinor + tipMinor - drawer.refundedMinor,
    },
    methods: drawer.methods,
    unfinished: close?.unfinished ?? drawer.unfinished,
    corrections: drawer.corrections,
    correctedExpectedMinor: drawer.expectedMinor,
    ...(close && {
      closedAt: close.closedAt,
      countedMinor: close.countedMinor,
      varianceMinor: close.varianceMinor,
      correctedVarianceMinor: close.countedMinor - drawer.expectedMinor,
      ...(close.approvedBy !== undefined && { approvedBy: close.approvedBy }),
    }),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Unfinished orders that a print lists; of further ones it has the number. */
const MAX_PRINTED_ORDERS = 20;

type Row = readonly [label: string, value: string];

/** A report as plain text for a receipt printer, `width` characters wide. */
export function reportText(report: DrawerReport, width: number): string {
  const money = (amountMinor: number) => formatMoney(amountMinor, report.currency);
  const rows = (list: readonly Row[]) => list.map(([label, value]) => line(label, value, width));
  const rule = '-'.repeat(width);
  const sections = [
    [centred(`${report.kind} REPORT`, width), ...rows(headOf(report))],
    rows(salesOf(report, money)),
    rows(cashOf(report, money)),
    unfinishedOf(report, money).map(([label, value]) => line(label, value, width)),
    rows(correctionsOf(report, money)),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join(`\n${rule}\n`)}\n`;
}

type Money = (amountMinor: number) => string;

function headOf({ tillId, businessDay, openedAt, closedAt, drawerId }: DrawerReport): Row[] {
  const closing: Row[] = closedAt === undefined ? [] : [['Closed', minutes(closedAt)]];
  return [
    ['Till', tillId],
    ['Session', drawerId],
    ['Day', businessDay],
    ['Opened', minutes(openedAt)],
    ...closing,
  ];
}

function salesOf({ methods, sales }: DrawerReport, money: Money): Row[] {
  return [
    ...methods.map(({ method, payments, amountMinor, tipMinor }): Row => {
      return [`${payments} x ${method.replaceAll('_', ' ')}`, money(amountMinor + tipMinor)];
    }),
    ['of that tips', money(sales.tipMinor)],
    ['Refunds', money(-sales.refundedMinor)],
    ['Net sales', money(sales.netMinor)],
  ];
}

function cashOf(report: DrawerReport, money: Money): Row[] {
  const { cash, expectedMinor, countedMinor, varianceMinor, approvedBy } = report;
  const counted: Row[] =
    countedMinor === undefined || varianceMinor === undefined
      ? []
      : [
          ['Counted', money(countedMinor)],
          ['Variance', money(varianceMinor)],
        ];
  return [
    ['Opening float', money(report.openingFloatMinor)],
    ['Cash sales', money(cash.salesMinor)],
    ['Cash refunds', money(cash.refundsMinor)],
    ['Account payments', money(cash.accountPaymentsMinor)],
    ['Account payouts', money(cash.accountPayoutsMinor)],
    ['Paid in', money(cash.paidInMinor)],
    ['Paid out', money(cash.paidOutMinor)],
    ['Expected cash', money(expectedMinor)],
    ...counted,
    ...(approvedBy === undefined ? [] : [['Approved by', approvedBy] as const]),
  ];
}

function unfinishedOf({ unfinished }: DrawerReport, money: Money): Row[] {
  if (unfinished.length === 0) return [];
  const listed = unfinished.slice(0, MAX_PRINTED_ORDERS);
  return [
    ['Unfinished orders', String(unfinished.length)],
    ...listed.map(({ orderId, dueMinor }): Row => [
      orderId,
      dueMinor === null ? 'open' : money(dueMinor),
    ]),
  ];
}

function correctionsOf(report: DrawerReport, money: Money): Row[] {
  const { corrections, correctedExpectedMinor, correctedVarianceMinor = 0 } = report;
  if (corrections.count === 0) return [];
  return [
    ['Corrections', String(corrections.count)],
    ['Their cash', money(corrections.cashMinor)],
    ['Expected cash now', money(correctedExpectedMinor)],
    ['Variance now', money(correctedVarianceMinor)],
  ];
}

/** `2026-11-30T10:15` in UTC. */
const minutes = (instant: string) => `${instant.slice(0, 16)}Z`;

function centred(text: string, width: number): string {
  return `${' '.repeat(Math.max(0, Math.floor((width - text.length) / 2)))}${text}`;
}

/** The value at the right edge, whole; a label that does not fit is cut. */
function line(label: string, value: string, width: number): string {
  const kept = value.slice(0, width);
  const room = width - kept.length - 1;
  if (room <= 0) return kept;
  return `${printable(label).slice(0, room).padEnd(room)} ${printable(kept)}`;
}

/** A printer takes control characters for commands. */
const printable = (text: string) => text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
