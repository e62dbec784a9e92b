import { storeOf } from '../../../src/domain/kernel/names.ts';
import { bodyOf, isRecorded, type HistoryEntry } from '../clients/history.ts';
import type { SimResponse } from '../nodes/api.ts';
import type { CreateChecker } from './checker.ts';

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
    const refused = event.type === 'CommandRefused';
    if (refused !== answer.status >= 400 && !isSettlement(entry)) {
      fail('acknowledged-durable', `${what} was recorded as ${event.type}`);
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
      for (const entry of history.entries) {
        const { answer } = entry;
        if (!answer) {
          fail('liveness', `the outcome of ${entry.operation} ${entry.key} was never told`);
        } else if (isRecorded(answer)) {
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
