import { storeOf } from '../../../src/domain/kernel/names.ts';
import { bodyOf, type HistoryEntry, isRecorded } from '../clients/history.ts';
import type { SimResponse } from '../nodes/api.ts';
import type { CreateChecker } from './checker.ts';

const AMOUNT_AS_ASKED = new Set([
  'OrderPaymentRecorded',
  'AccountChargeRequested',
  'DebtOpened',
  'AccountPaymentRecorded',
  'CashPaidOut',
]);

interface Released {
  readonly reservationId: string;
}

/** Rules of what clients were told: it is true, it stays so, and it was done once. */
export const answerRules: CreateChecker = ({ servers, history }, fail) => {
  /** The events of a command are where its answer says that they are. */
  function checkPlace(entry: HistoryEntry, answer: SimResponse): void {
    const what = `${entry.operation} ${entry.key} (${answer.status})`;
    const position = answer.headers['tillstream-position'] ?? '';
    const event = servers.recorded[Number(position.split('.')[0])];
    if (!event?.metadata.commandId.includes(entry.key)) {
      fail('acknowledged-durable', `${what} was answered at ${position}; it is not there`);
      return;
    }
    if (storeOf(event.stream) !== entry.shop) {
      fail('tenant-isolation', `${what} of ${entry.shop} stands in ${event.stream}`);
    }
    if (event.type !== 'CommandRefused') checkAmount(entry);
    checkTip(entry);
    const refused = event.type === 'CommandRefused';
    if (refused !== answer.status >= 400 && !isSettlement(entry)) {
      fail('acknowledged-durable', `${what} was recorded as ${event.type}`);
    }
  }

  /**
   * A reservation whose time was over is released already: nothing is left to do, so nothing stands
   * where the answer says, and a repeat may name a later place.
   */
  function changedNothing({ operation, request, key }: HistoryEntry, answer: SimResponse): boolean {
    if (operation !== 'releaseReservation' || answer.status >= 400) return false;
    const id = request.url.split('/').at(-2);
    const last = Number(answer.headers['tillstream-position']?.split('.')[0]);
    const releases = servers.recorded.slice(0, last + 1).filter(({ type, data }) => {
      return type === 'ReservationReleased' && (data as Released).reservationId === id;
    });
    return releases.length === 1 && !releases[0]?.metadata.commandId.includes(key);
  }

  /** As much as was asked for, to the last minor unit. */
  function checkAmount({ request, key }: HistoryEntry): void {
    const { amountMinor: asked } = JSON.parse(request.body ?? '{}') as { amountMinor?: number };
    if (asked === undefined) return;
    for (const { type, data, metadata } of servers.recorded) {
      if (!AMOUNT_AS_ASKED.has(type) || !metadata.commandId.includes(key)) continue;
      const { amountMinor: stored, roundingAddedMinor: rounding = 0 } = data as {
        amountMinor: number;
        roundingAddedMinor?: number;
      };
      // Cash that settles an order is rounded to the smallest coin.
      if (asked === stored || asked + rounding === stored) continue;
      fail('amount-as-asked', `${key} was about ${asked}, and ${type} of ${stored} was recorded`);
    }
  }

  /** The tip of a payment is the one that was asked for, and no other. */
  function checkTip({ request, key, operation }: HistoryEntry): void {
    if (operation !== 'adjustTip') return;
    const { tipMinor: asked } = JSON.parse(request.body ?? '{}') as { tipMinor?: number };
    for (const { type, data, metadata } of servers.recorded) {
      if (type !== 'OrderTipAdjusted' || !metadata.commandId.includes(key)) continue;
      const { tipMinor } = data as { tipMinor: number };
      if (tipMinor !== asked)
        fail('amount-as-asked', `${key} is a tip of ${asked}, not ${tipMinor}`);
    }
  }

  /** What somebody wanted once has come to be once, under whatever ids it was given. */
  function checkOnce(): void {
    const done = new Map<string, string>();
    for (const { type, metadata, stream } of servers.recorded) {
      const key = /till-\d+-\d{3}/.exec(metadata.commandId)?.[0];
      if (key === undefined || type === 'CommandRefused') continue;
      const what = `${type} for ${key}`;
      const id = `${metadata.commandId} in ${stream}`;
      const other = done.get(what);
      if (other !== undefined && other !== id) {
        fail('exactly-once', `${what} is there twice: ${other} and ${id}`);
      }
      done.set(what, id);
    }
  }

  function checkRepeats(entry: HistoryEntry, answer: SimResponse): void {
    for (const again of entry.repeats) {
      if (!isRecorded(again) || same(answer, again)) continue;
      const found = `${again.status} ${again.body}`;
      fail('same-answer', `${entry.key} was ${answer.status} ${answer.body}, then ${found}`);
    }
    for (const abuse of entry.abuses) {
      if (abuse.status === 422 && bodyOf(abuse)['code'] === 'idempotency_key_reused') continue;
      fail('key-not-reused', `${entry.key} with another body was ${abuse.status} ${abuse.body}`);
    }
  }

  return {
    atEnd() {
      checkOnce();
      for (const entry of history.entries) {
        const { answer } = entry;
        if (!answer && !entry.abandoned) {
          fail('liveness', `the outcome of ${entry.operation} ${entry.key} was never told`);
        } else if (answer && isRecorded(answer) && !changedNothing(entry, answer)) {
          checkPlace(entry, answer);
          checkRepeats(entry, answer);
        }
      }
    },
  };
};

/** A charge to an account: the refusal of the account stands elsewhere than the order's events. */
function isSettlement({ operation }: HistoryEntry): boolean {
  return operation === 'payOnAccount' || operation === 'refundOrder';
}

/** The correlation id is that of the request, and so are the words about it. */
function same(one: SimResponse, other: SimResponse): boolean {
  if (one.status !== other.status) return false;
  if (one.headers['tillstream-position'] !== other.headers['tillstream-position']) return false;
  const plain = ({ body }: SimResponse) => body.replace(/"requestId":"[^"]*"/, '');
  return plain(one) === plain(other);
}
