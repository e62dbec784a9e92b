import { bodyOf, type Reading } from '../clients/history.ts';
import { markOf, SHOPS } from '../nodes/shops.ts';
import type { CreateChecker } from './checker.ts';
import type { Shadow } from './shadow.ts';

const WAIT_OR_TROUBLE = [408, 425, 429, 503];

/** Rules of queries: whoever has seen a write sees it, whole, and nothing of another shop. */
export const readingRules =
  (shadow: Shadow): CreateChecker =>
  ({ history, conditions }, fail) => {
    const others = new Map(
      SHOPS.map(({ id }) => [id, SHOPS.map((shop) => shop.id).filter((other) => other !== id)]),
    );
    const strict = conditions.weather.faults.eventHidden === 0;
    let checked = 0;

    function checkTenant(shop: string, body: string, what: string): void {
      for (const other of others.get(shop) ?? []) {
        if (!body.includes(markOf(other))) continue;
        fail('tenant-isolation', `${what} of ${shop} was answered with data of ${other}`);
      }
    }

    /** A document that was asked for by id, after a write that its reader had seen. */
    function checkFresh({ request, response, after }: Reading): void {
      const what = `${request.url} after ${after.operation} ${after.key}`;
      if (WAIT_OR_TROUBLE.includes(response.status)) return;
      if (response.status !== 200) {
        fail('read-your-write', `${what} was ${response.status} ${response.body}`);
        return;
      }
      const written = after.answer && bodyOf(after.answer)['revision'];
      const read = bodyOf(response)['revision'];
      if (typeof written !== 'number' || typeof read !== 'number') return;
      const settles = after.operation === 'refundOrder' && /"toAccountMinor":[1-9]/;
      if (settles && settles.test(after.answer?.body ?? '')) return;
      if (read >= written) return;
      fail('read-your-write', `${what} shows revision ${read}, while ${written} was written`);
    }

    /** An order is shown as it was after one of its events, in all of its fields. */
    function checkWhole({ shop, request, response }: Reading): void {
      const orderId = /^\/orders\/([^/?]+)$/.exec(request.url)?.[1];
      if (orderId === undefined || response.status !== 200 || !strict) return;
      const model = shadow.models.find(({ projection }) => projection.name === 'order-details');
      const key = `${shop}.${orderId}`;
      const shown = bodyOf(response);
      const places = model?.versions.get(key)?.map(({ at }) => at) ?? [];
      if (model && places.some((at) => shadow.mayHold(model, key, at, shown))) return;
      fail('document-is-fold', `${request.url} shows what no event has made: ${response.body}`);
    }

    return {
      onStep() {
        for (; checked < history.readings.length; checked++) {
          const reading = history.readings[checked] as Reading;
          checkTenant(reading.shop, reading.response.body, reading.request.url);
          if (strict) checkFresh(reading);
          checkWhole(reading);
        }
      },
      atEnd() {
        for (const { shop, request, answer, repeats } of history.entries) {
          for (const each of [answer, ...repeats]) {
            if (each) checkTenant(shop, each.body, request.url);
          }
        }
      },
    };
  };
