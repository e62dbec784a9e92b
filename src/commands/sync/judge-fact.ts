import { drawerDecider } from '../../domain/drawers/index.ts';
import { DomainError } from '../../domain/kernel/errors.ts';
import { orderDecider } from '../../domain/orders/index.ts';
import {
  type CashMoved,
  entityDecider,
  type Fact,
  FACT_KINDS,
  factDecider,
  type FactFlag,
  factForms,
  type FactJudged,
  type FactKind,
  type FactTime,
  type FieldsChanged,
  instantOf,
  isFinal,
  type KeptFact,
  MAX_BLOCKERS,
  type NumbersReturned,
  type NumberUsed,
  type NumberVoided,
  type PaymentTaken,
  type SaleCreated,
  syncDeviceDecider,
  timeOfFact,
  waitDecider,
} from '../../domain/sync/index.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { type Booked, type Booking, isError, tryRules } from './booking/booking.ts';
import { bookCashMovement } from './booking/cash-movement.ts';
import { bookFieldsChanged, headsOfEntity } from './booking/fields-changed.ts';
import { bookNumbersReturned, bookNumberUsed, bookNumberVoided } from './booking/fiscal.ts';
import { bookPayment } from './booking/payment.ts';
import { bookSale } from './booking/sale.ts';

/** What a judge needs, in a request and in the process. */
export interface Judging {
  readonly commands: CommandEngine;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly ids: Ids;
}

export type Verdict = FactJudged['data'];

/** A judgement, and whether it was made before. */
export interface Judged {
  readonly verdict: Verdict;
  readonly isRepeated: boolean;
}

type Result = Pick<Verdict, 'status' | 'code' | 'detail' | 'blockedBy'> & {
  readonly flags?: readonly FactFlag[];
};

/**
 * Judges a kept fact, and books it when nothing hinders it. Its commands have ids made of its own,
 * so the request and the process that completes it after a crash book it once (S1).
 */
export async function judgeFact(
  judging: Judging,
  storeId: string,
  kept: KeptFact,
): Promise<Judged> {
  const { commands } = judging;
  const { state } = await commands.load(factDecider, storeId, kept.id);
  if (state.hash === kept.hash && isFinal(state.verdict)) {
    return { verdict: state.verdict, isRepeated: true };
  }
  const fact = kept.fact as unknown as Fact;
  const time = await timeOf(judging, storeId, kept);
  const isReused = state.hash !== null && state.hash !== kept.hash;
  const result = isReused
    ? { status: 'rejected' as const, code: 'fact_id_reused', detail: 'another fact has its id' }
    : await resultOf(judging, storeId, kept, time);
  const verdict = verdictOf(kept, fact, time, result);
  const recorded = await record(judging, storeId, kept, verdict);
  return { verdict: recorded ?? verdict, isRepeated: false };
}

async function timeOf({ commands, calendar }: Judging, storeId: string, kept: KeptFact) {
  const { state } = await commands.load(syncDeviceDecider, storeId, kept.deviceId);
  const openedAt = state.epochs.find(({ epoch }) => epoch === kept.epoch)?.openedAt;
  const { keptAt } = kept;
  return timeOfFact(kept.fact as unknown as Fact, { keptAt, openedAt }, (atMs) =>
    calendar.businessDay(storeId, atMs),
  );
}

function verdictOf(kept: KeptFact, fact: Fact, time: FactTime, result: Result): Verdict {
  const { deviceId, epoch, seq, hash, keptAt, isFork, isChainBroken } = kept;
  const { flags = [], status, ...why } = result;
  return {
    deviceId,
    ...omitUndefined({ epoch, seq }),
    hash,
    type: fact.type,
    status,
    ...omitUndefined(why),
    flags: [
      ...time.flags,
      ...(isFork ? (['forked'] as const) : []),
      ...(isChainBroken ? (['chain-broken'] as const) : []),
      ...flags,
    ],
    businessDay: time.businessDay,
    claimedAt: fact.occurredAt,
    occurredAt: instantOf(time),
    keptAt,
  };
}

/** @returns the judgement that stays: another instance may have been faster. */
async function record(judging: Judging, storeId: string, kept: KeptFact, verdict: Verdict) {
  const { state } = await followUp(judging, factDecider, {
    command: { type: 'JudgeFact', data: verdict },
    context: {
      storeId,
      entityId: kept.id,
      // It may be judged again: the fact itself knows which judgement is final.
      commandId: `judge ${judging.ids.uuid()}`,
      now: kept.keptAt,
      businessDay: verdict.businessDay,
    },
    actor: { kind: 'device', id: kept.deviceId },
    deviceId: kept.deviceId,
    occurredAt: verdict.claimedAt,
    correlationId: `fact ${kept.id}`,
    causationId: `fact ${kept.id}`,
  });
  return state.verdict?.hash === kept.hash ? state.verdict : undefined;
}

async function resultOf(
  judging: Judging,
  storeId: string,
  kept: KeptFact,
  time: FactTime,
): Promise<Result> {
  const fact = kept.fact as unknown as Fact;
  const kind = kindOf(fact);
  if (!kind) {
    const detail = `this version does not know ${fact.type} in form ${fact.schema}`;
    return { status: 'held', code: 'unknown_fact_type', detail };
  }
  const checked = tryRules(() => factForms.check({ type: kind, data: fact.data }));
  if (isError(checked))
    return { status: 'rejected', code: 'invalid_fact', detail: checked.message };
  const blocked = await blockers(judging, storeId, fact, kind);
  if (blocked.length > 0 && (await waits(judging, storeId, kept, blocked))) {
    const detail = `it waits for ${blocked.join(', ')}`;
    return { status: 'blocked', code: 'cause_missing', detail, blockedBy: [...blocked] };
  }
  const { commands, clock } = judging;
  const booked = await bookKind({ commands, clock, storeId, fact, kept, time }, kind);
  if ('flags' in booked) return { status: 'accepted', flags: booked.flags };
  return { status: 'rejected', ...booked.rejected };
}

function kindOf({ type, schema }: Fact): FactKind | undefined {
  const kind = Object.keys(FACT_KINDS).find((each): each is FactKind => each === type);
  return kind && schema <= FACT_KINDS[kind] ? kind : undefined;
}

function bookKind(booking: Booking, kind: FactKind): Promise<Booked> {
  const { data } = booking.fact as { readonly data: unknown };
  switch (kind) {
    case 'SaleCreated':
      return bookSale(booking, data as SaleCreated);
    case 'PaymentTaken': {
      const { orderId, currency, ...payment } = data as PaymentTaken;
      return bookPayment(booking, { orderId, currency }, payment);
    }
    case 'CashMoved':
      return bookCashMovement(booking, data as CashMoved);
    case 'NumberUsed':
      return bookNumberUsed(booking, data as NumberUsed);
    case 'NumberVoided':
      return bookNumberVoided(booking, data as NumberVoided);
    case 'NumbersReturned':
      return bookNumbersReturned(booking, data as NumbersReturned);
    case 'FieldsChanged':
      return bookFieldsChanged(booking, data as FieldsChanged);
  }
}

/** What a fact depends on and the server does not know yet (S6). A sale depends on nothing. */
async function blockers(
  { commands }: Judging,
  storeId: string,
  fact: Fact,
  kind: FactKind,
): Promise<readonly string[]> {
  if (kind === 'SaleCreated') return [];
  const { basedOn = [], data } = fact;
  const missing: string[] = [];
  const merged = kind === 'FieldsChanged' ? await mergedHeads(commands, storeId, fact) : [];
  for (const head of new Set(basedOn.flatMap(({ heads }) => heads))) {
    if (merged.includes(head)) continue;
    const { state } = await commands.load(factDecider, storeId, head);
    if (!isFinal(state.verdict)) missing.push(`fact:${head}`);
  }
  const { orderId, drawerId } = data as { readonly orderId?: string; readonly drawerId?: string };
  if (kind === 'PaymentTaken' && orderId !== undefined) {
    const { state } = await commands.load(orderDecider, storeId, orderId);
    if (state.status === 'none') missing.push(`order:${orderId}`);
  }
  if (kind === 'CashMoved' && drawerId !== undefined) {
    const { state } = await commands.load(drawerDecider, storeId, drawerId);
    if (state.status === 'none') missing.push(`drawer:${drawerId}`);
  }
  return missing.slice(0, MAX_BLOCKERS);
}

/** Of what a change is based on, what the entity has already; choices of people are among it. */
async function mergedHeads(commands: CommandEngine, storeId: string, fact: Fact) {
  const { entity } = fact.data as FieldsChanged;
  const { state } = await commands.load(entityDecider, storeId, entity);
  return headsOfEntity(fact, entity).filter((head) => state.facts[head]);
}

/**
 * Notes that the fact waits, so that each cause finds it. A cause that came in between may have
 * looked before the note was there: what is still missing is asked for once more.
 */
async function waits(
  judging: Judging,
  storeId: string,
  kept: KeptFact,
  causes: readonly string[],
): Promise<boolean> {
  for (const cause of causes) {
    await followUp(judging, waitDecider, {
      command: { type: 'Wait', data: { cause, kept } },
      context: {
        storeId,
        entityId: cause,
        commandId: `wait ${kept.id} ${kept.hash}`,
        now: kept.keptAt,
        businessDay: (kept.fact as unknown as Fact).businessDay,
      },
      actor: { kind: 'device', id: kept.deviceId },
      correlationId: `fact ${kept.id}`,
      causationId: `fact ${kept.id}`,
    });
  }
  const fact = kept.fact as unknown as Fact;
  const kind = kindOf(fact);
  if (!kind) throw new DomainError('invalid_request', 'expected a fact of a known type');
  return (await blockers(judging, storeId, fact, kind)).length > 0;
}

/** Judges again what waits for one cause. */
export async function judgeWaiting(judging: Judging, storeId: string, cause: string) {
  const { state } = await judging.commands.load(waitDecider, storeId, cause);
  for (const kept of state.waiting) await judgeFact(judging, storeId, kept);
}
