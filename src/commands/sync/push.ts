import { formatInstant } from '../../domain/kernel/instant.ts';
import {
  type Declared,
  type EpochState,
  epochState,
  type Fact,
  factDecider,
  readFact,
  syncDeviceDecider,
  type Unreadable,
} from '../../domain/sync/index.ts';
import { followUp } from '../../engine/commands/follow-up.ts';
import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { Digest } from '../../ports/digest.ts';
import { type Judged, judgeFact } from './judge-fact.ts';
import { type Intake, keepFacts, type Kept, keptOf, lastSegmentOf } from './keep-facts.ts';

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
  return {
    items: results,
    kept: await keptOf(push, lastSegmentOf(facts, declared)),
    epochState: epochState(state, push.epoch),
  };
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
async function setAside(push: Push, item: unknown, { code, detail, field }: Unreadable) {
  const { storeId, deviceId, digest, clock, calendar, actor, correlationId, origin, ids } = push;
  const raw = printable(JSON.stringify(item));
  const data = { deviceId, code, detail: printable(detail), ...omitUndefined({ field }), raw };
  await followUp(push, factDecider, {
    command: { type: 'SetFactAside', data },
    context: {
      storeId,
      entityId: `aside:${digest.sha256(`${deviceId}\n${raw}`).slice(0, HASH_LENGTH)}`,
      commandId: `aside ${ids.uuid()}`,
      now: formatInstant(clock.now()),
      businessDay: calendar.businessDay(storeId, clock.now()),
    },
    actor,
    deviceId,
    correlationId,
    causationId: correlationId,
    origin,
  });
}

/** Cut to the limit, without half a character at its end. */
const printable = (text: string) =>
  text.slice(0, MAX_RAW_CHARACTERS).replaceAll(/\p{Surrogate}/gu, '\uFFFD');
