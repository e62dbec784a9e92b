import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf, partsOf } from '../../../src/domain/kernel/names.ts';
import type { TillFact } from '../clients/tills.ts';
import type { CreateChecker } from './checker.ts';
import { createFactPayments } from './fact-payments.ts';

interface KeptEvent {
  readonly deviceId: string;
  readonly facts: readonly { readonly seq: number; readonly id: string }[];
}

const nameOf = (shop: string, id: string) => `${shop} ${id}`;
const factOf = ({ stream, metadata }: RecordedEvent) =>
  nameOf(metadata.storeId, partsOf(stream).parts[0] ?? '');

interface JudgedEvent {
  readonly status: string;
  readonly flags: readonly string[];
}

const isFinal = ({ data }: RecordedEvent) =>
  ['accepted', 'rejected'].includes((data as JudgedEvent).status);

/** A fact that is kept, and has no final judgement. */
export function unjudgedFact(recorded: readonly RecordedEvent[]): string | undefined {
  const judged = new Set<string>();
  const kept: string[] = [];
  for (const event of recorded) {
    if (event.type === 'FactJudged' && isFinal(event)) judged.add(factOf(event));
    if (event.type !== 'FactsKept') continue;
    const { facts } = event.data as KeptEvent;
    kept.push(...facts.map(({ id }) => nameOf(event.metadata.storeId, id)));
  }
  const open = kept.find((each) => !judged.has(each));
  return open && `fact ${open} is not judged`;
}

/**
 * Rules of facts of offline tills: each is kept once, what was acknowledged was in the log by then,
 * and each is judged once and booked once. Only a payment that its order does not need is not
 * booked there, or not all of it: a flag says so.
 */
export const factRules: CreateChecker = ({ servers, tills }, fail) => {
  /** Number of the event that kept a fact. */
  const kept = new Map<string, number>();
  const accepted = new Set<string>();
  const judged = new Set<string>();
  const payments = createFactPayments();
  const orders = new Map<string, number>();
  let seen = 0;

  const sentAs = (name: string): TillFact | undefined =>
    tills.facts.find(({ shop, id }) => nameOf(shop, id) === name);

  function note(event: RecordedEvent, place: number): void {
    const { type, metadata, stream } = event;
    const { storeId } = metadata;
    const category = categoryOf(stream);
    if (type === 'FactsKept') {
      for (const { id } of (event.data as KeptEvent).facts) {
        const name = nameOf(storeId, id);
        if (kept.has(name)) fail('fact-once', `${name} was kept twice`);
        kept.set(name, place);
        const fact = sentAs(name);
        if (fact) payments.kept(fact, place);
      }
    } else if (type === 'FactJudged' && isFinal(event)) {
      const name = factOf(event);
      if (judged.has(name)) fail('fact-once', `${name} was judged twice`);
      if (!kept.has(name)) fail('fact-kept-first', `${name} was judged before it was kept`);
      judged.add(name);
      const { status, flags } = event.data as JudgedEvent;
      if (status === 'accepted') accepted.add(name);
      const fact = sentAs(name);
      if (fact) payments.judged(fact, flags);
    } else if (category === 'order') {
      payments.order(event, place);
      if (type !== 'OrderPlaced') return;
      const name = nameOf(storeId, (event.data as { readonly orderId: string }).orderId);
      orders.set(name, (orders.get(name) ?? 0) + 1);
    }
  }

  let checked = 0;
  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) {
        note(servers.recorded[seen] as RecordedEvent, seen);
      }
      for (; checked < tills.acknowledged.length; checked++) {
        const { fact, events } = tills.acknowledged[checked] as (typeof tills.acknowledged)[number];
        const place = kept.get(nameOf(fact.shop, fact.id)) ?? Infinity;
        if (place < events) continue;
        fail('acknowledged-is-kept', `fact ${fact.id} was acknowledged, and is not in the log`);
      }
    },
    atEnd() {
      for (const fact of tills.facts) {
        const { shop, id, orderId, paymentId, entity } = fact;
        const name = nameOf(shop, id);
        if (!kept.has(name)) fail('fact-once', `${name} is on the disk of its till only`);
        if (!accepted.has(name)) fail('fact-booked', `${name} is not accepted`);
        if (entity !== undefined) continue;
        const placed = orders.get(nameOf(shop, orderId)) ?? 0;
        if (placed !== 1) fail('fact-booked', `order ${orderId} was placed ${placed} times`);
        const fault = payments.fault(fact);
        if (fault !== undefined) fail('fact-booked', `payment ${paymentId} ${fault}`);
      }
    },
  };
};
