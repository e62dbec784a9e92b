import { formatInstant } from '../../domain/kernel/instant.ts';
import {
  type Declared,
  type EpochState,
  epochState,
  type Fact,
  factDecider,
  isDeclarationDue,
  type KeptFact,
  readFact,
  readUnnumberedFact,
  syncDeviceDecider,
  type Unreadable,
} from '../../domain/sync/index.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Digest } from '../../ports/digest.ts';
import { declare } from './hello.ts';
import { type Judged, judgeFact } from './judge-fact.ts';
import { type Intake, keepFacts, type Kept, keptOf, lastSegmentOf } from './keep-facts.ts';

/** What a push without numbers needs; it has no epoch. */
export type UnnumberedPush = Omit<Push, 'epoch'>;

export interface Push extends Intake {
  readonly digest: Digest;
  /** Why an item is not fit to be stored as it is; undefined: it is. */
  readonly unsafe: (item: unknown) => string | undefined;
}

/** What became of one item: a judged fact, or something that is no fact of the device. */
export type PushedItem =
  | { readonly fact: Fact; readonly judged: Judged }
  | { readonly id?: string; readonly seq?: number; readonly unreadable: Unreadable };

export interface Pushed {
  readonly items: readonly PushedItem[];
  readonly kept: Kept;
  readonly epochState: EpochState;
}

/** Longest text of an item that is set aside; the rest is cut off. */
const MAX_RAW_CHARACTERS = 16_384;
const HASH_LENGTH = 40;

/**
 * Takes the facts of a device: keeps all of them durably, then judges each (S1). An item that is no
 * fact of the device, a hole or a rejected fact holds up no other.
 */
export async function pushFacts(
  push: Push,
  items: readonly unknown[],
  declared: Declared | undefined,
): Promise<Pushed> {
  const read = items.map((item) => readItem(push, item));
  const facts = read.flatMap((each) => ('fact' in each ? [each.fact] : []));
  const kept = facts.length === 0 ? [] : await keepFacts(push, facts, declared);
  const byHash = new Map(kept.map((each) => [each.hash, each]));
  const judged = new Map<string, Judged>();
  for (const { seq, hash } of [...facts].sort((a, b) => a.seq - b.seq)) {
    const found = byHash.get(hash);
    // The same fact twice in one request is judged once, as the first one.
    if (!found || judged.has(`${seq} ${hash}`)) continue;
    judged.set(`${seq} ${hash}`, await judgeFact(push, push.storeId, found));
  }
  const results: PushedItem[] = [];
  for (const [i, each] of read.entries()) {
    if ('fact' in each) {
      const { fact } = each;
      const verdict = judged.get(`${fact.seq} ${fact.hash}`);
      if (verdict) results.push({ fact, judged: verdict });
    } else {
      await setAside(push, items[i], each);
      results.push({ ...nameOf(items[i]), unreadable: each });
    }
  }
  const { state } = await push.commands.load(syncDeviceDecider, push.storeId, push.deviceId);
  const now = formatInstant(push.clock.now());
  if (declared && isDeclarationDue(state, push.epoch, now)) {
    await declare(push, push.epoch, declared);
  }
  return {
    items: results,
    kept: await keptOf(push, lastSegmentOf(facts, declared)),
    epochState: epochState(state, push.epoch),
  };
}

/**
 * Takes facts of a device that numbers nothing. Each is kept by its id before it is judged;
 * whether all of them have come is not known.
 */
export async function pushUnnumbered(
  push: UnnumberedPush,
  items: readonly unknown[],
): Promise<readonly PushedItem[]> {
  const { deviceId, digest, storeId } = push;
  const results: PushedItem[] = [];
  for (const item of items) {
    const unsafe = push.unsafe(item);
    const read =
      unsafe === undefined
        ? readUnnumberedFact(item, deviceId, (text) => digest.sha256(text))
        : ({ code: 'invalid_fact', detail: unsafe } as const);
    if ('fact' in read) {
      const kept = await receive(push, read.fact);
      results.push({ fact: read.fact, judged: await judgeFact(push, storeId, kept) });
    } else {
      await setAside(push, item, read);
      results.push({ ...nameOf(item), unreadable: read });
    }
  }
  return results;
}

async function receive(push: UnnumberedPush, { hash, ...fact }: Fact): Promise<KeptFact> {
  const { deviceId } = push;
  const raw: KeptFact['fact'] = { ...fact };
  const { events, context } = await record(push, fact.id, {
    type: 'ReceiveFact',
    data: { deviceId, hash, fact: raw },
  });
  const [received] = events;
  const keptAt = received?.type === 'FactReceived' ? received.data.keptAt : context.now;
  return { id: fact.id, deviceId, hash, keptAt, fact: raw };
}

function readItem(push: Push, item: unknown): { readonly fact: Fact } | Unreadable {
  const unsafe = push.unsafe(item);
  if (unsafe !== undefined) return { code: 'invalid_fact', detail: unsafe };
  const { deviceId, epoch, digest } = push;
  const read = readFact(item, deviceId, (text) => digest.sha256(text));
  if (!('fact' in read) || read.fact.epoch === epoch) return read;
  const detail = `expected epoch ${epoch} of the request, found ${read.fact.epoch}`;
  return { code: 'invalid_fact', detail, field: 'epoch' };
}

/** How the device knows which of its items is meant. */
function nameOf(item: unknown): { id?: string; seq?: number } {
  if (typeof item !== 'object' || item === null) return {};
  const { id, seq } = item as { readonly id?: unknown; readonly seq?: unknown };
  return omitUndefined({
    id: typeof id === 'string' && id.length <= 64 ? id : undefined,
    seq: Number.isSafeInteger(seq) ? (seq as number) : undefined,
  });
}

/** Stored under its own hash, so that it is stored once however often it comes. */
async function setAside(push: UnnumberedPush, item: unknown, why: Unreadable): Promise<void> {
  const { deviceId, digest } = push;
  const { code, detail, field } = why;
  const raw = printable(JSON.stringify(item));
  const data = { deviceId, code, detail: printable(detail), ...omitUndefined({ field }), raw };
  const name = digest.sha256(`${deviceId}\n${raw}`).slice(0, HASH_LENGTH);
  await record(push, `aside:${name}`, { type: 'SetFactAside', data });
}

/** It can come again at any time: the fact itself knows what it has. */
async function record(
  { storeId, deviceId, actor, correlationId, origin, ...ports }: UnnumberedPush,
  entityId: string,
  command: Parameters<typeof factDecider.decide>[0],
) {
  const { clock, calendar, ids } = ports;
  const context = {
    storeId,
    entityId,
    commandId: `push ${ids.uuid()}`,
    now: formatInstant(clock.now()),
    businessDay: calendar.businessDay(storeId, clock.now()),
  };
  const caused = { correlationId, causationId: correlationId };
  const request = { command, context, actor, deviceId, origin, ...caused };
  const { events } = await followUp(ports, factDecider, request);
  return { events, context };
}

/** Cut to the limit, without half a character at its end. */
const printable = (text: string) =>
  text.slice(0, MAX_RAW_CHARACTERS).replaceAll(/\p{Surrogate}/gu, '\uFFFD');
