import { START } from '../../../domain/kernel/position.ts';
import type { Checkpoint, ProjectionStatus } from '../../../ports/read-store.ts';
import { belongsToLog } from '../folding/checkpoint-check.ts';
import { createGeneration, type Generation } from '../folding/generation.ts';
import { collectionOf, type Projection } from '../folding/projection.ts';
import type { EngineContext } from '../context.ts';

/** One projection: the generation that answers, and the one being built, if any. */
export interface GenerationPair {
  readonly projection: Projection;
  serving: Generation | undefined;
  building: Generation | undefined;
}

interface OpenedSlot {
  readonly slot: GenerationPair;
  /** The store says that it stopped at an event. */
  readonly blocked: boolean;
}

/**
 * What the read store has of a projection: the generation that answers, one that was half built, or
 * neither.
 */
export async function openSlot(
  context: EngineContext,
  projection: Projection,
): Promise<OpenedSlot> {
  const status = await context.store.projectionStatus(projection.name);
  const opened = await openGenerations(context, projection, status);
  const { serving, building } = opened.slot;
  for (const member of [serving, building]) if (member) member.paused = status?.status === 'paused';
  return opened;
}

async function openGenerations(
  context: EngineContext,
  projection: Projection,
  status: ProjectionStatus | undefined,
): Promise<OpenedSlot> {
  const { store, log, types } = context;
  const live = await store.liveGeneration(projection.name);
  const skipped = status?.skipped ?? [];
  const blocked = status?.status === 'blocked';
  const slot: GenerationPair = { projection, serving: undefined, building: undefined };
  if (live && live.version > projection.version) {
    throw new Error(
      `expected read model ${projection.name} at version ${projection.version} or older, found ${live.version}: it was built by newer code, which alone may run on it`,
    );
  }
  if (live?.version === projection.version) {
    const member = createGeneration(projection, live.generation, types, skipped);
    const checkpoint = await store.checkpoint(member.collection.name);
    const sound = checkpoint ? await belongsToLog(log, checkpoint) : await isEmpty(context, member);
    if (sound) {
      goOnFrom(member, checkpoint);
      slot.serving = member;
      slot.building = await halfBuilt(context, member, skipped);
      return { slot, blocked };
    }
    const generation = live.generation + 1;
    slot.building = createGeneration(projection, generation, types, skipped);
    const reason = checkpoint ? 'the log is another or a restored one' : 'the checkpoint is gone';
    await context.journal.record(projection.name, 'RebuildStarted', { generation, reason });
    await dropStale(context, slot.building);
    return { slot, blocked };
  }
  slot.building = createGeneration(projection, (live?.generation ?? 0) + 1, types, skipped);
  await dropStale(context, slot.building);
  return { slot, blocked };
}

/** No event has come yet for it, so that there was nothing to write. */
async function isEmpty({ store }: EngineContext, { collection }: Generation): Promise<boolean> {
  await store.ensureCollection(collection);
  return (await store.scan(collection.name, '', 1)).length === 0;
}

/** The newest generation that a stop kept from being completed. */
async function halfBuilt(
  context: EngineContext,
  serving: Generation,
  skipped: readonly string[],
): Promise<Generation | undefined> {
  const { store, types } = context;
  const { projection } = serving;
  const base = collectionOf(projection, 0).name.replace(/0$/, '');
  const generations = (await store.listCollections())
    .filter((name) => name.startsWith(base))
    .map((name) => Number(name.slice(base.length)));
  const generation = Math.max(...generations, serving.generation);
  if (generation === serving.generation) return undefined;
  const member = createGeneration(projection, generation, types, skipped);
  await dropStale(context, member);
  return member;
}

/** A half-built generation is gone on with when it is of this log, else it is begun again. */
async function dropStale(context: EngineContext, member: Generation): Promise<void> {
  const { store, log } = context;
  const checkpoint = await store.checkpoint(member.collection.name);
  if (checkpoint && (await belongsToLog(log, checkpoint))) goOnFrom(member, checkpoint);
  else await drop(context, member.collection.name);
}

/** What its documents have is known before it runs: it may rest, and answers queries meanwhile. */
function goOnFrom(member: Generation, checkpoint: Checkpoint | undefined): void {
  member.position = checkpoint?.position ?? START;
}

/** Whoever has the lease by now may be building it, or answer from it. @throws FencedError */
async function drop({ store, feedName }: EngineContext, collection: string): Promise<void> {
  await store.claim(feedName);
  await store.dropCollection(collection);
}

/** Older generations that nobody reads any more. */
export async function dropRetired(
  context: EngineContext,
  slots: readonly GenerationPair[],
): Promise<void> {
  const { store, sharesStore } = context;
  const used = new Set<string>();
  for (const { serving, building } of slots) {
    if (serving) used.add(serving.collection.name);
    if (building) used.add(building.collection.name);
  }
  for (const name of await store.listCollections()) {
    if (used.has(name) || isAnsweringOld(slots, name)) continue;
    // Under a lease other engines keep other collections, and read what this one kept.
    const leave = sharesStore && (!isOurs(slots, name) || isPrevious(slots, name));
    if (leave) continue;
    await drop(context, name);
  }
}

/** Another process may answer queries from it until it looks at the pointer again. */
function isPrevious(slots: readonly GenerationPair[], name: string): boolean {
  return slots.some(
    ({ projection, serving }) =>
      serving && name === collectionOf(projection, serving.generation - 1).name,
  );
}

function isOurs(slots: readonly GenerationPair[], name: string): boolean {
  return slots.some(({ projection }) => name.startsWith(baseOf(projection)));
}

/** While the first generation of a new version is built nothing else answers: nothing to keep. */
function isAnsweringOld(slots: readonly GenerationPair[], name: string): boolean {
  return slots.some(({ projection, serving }) => !serving && name.startsWith(baseOf(projection)));
}

function baseOf({ collection }: Projection): string {
  return `${collection.replaceAll('-', '_')}__`;
}
