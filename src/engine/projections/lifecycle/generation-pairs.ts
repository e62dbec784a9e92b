import { START } from '../../../domain/kernel/position.ts';
import type { Checkpoint, ProjectionStatus } from '../../../ports/read-store.ts';
import type { EngineContext } from '../context.ts';
import { skippedInLog } from '../engine-events.ts';
import { createGeneration, type Generation } from '../folding/generation.ts';
import { belongsToLog } from '../folding/log-identity.ts';
import { collectionOf, type Projection } from '../folding/projection.ts';

/** One projection: the generation that answers queries, and the next one being built, if any. */
export interface GenerationPair {
  readonly projection: Projection;
  serving: Generation | undefined;
  building: Generation | undefined;
}

/** The generations of a pair. */
export function generationsOf({ serving, building }: GenerationPair): Generation[] {
  return [serving, building].filter((generation) => generation !== undefined);
}

export function newestOf({ serving, building }: GenerationPair): Generation | undefined {
  return building ?? serving;
}

interface OpenedPair {
  readonly pair: GenerationPair;
  /** The stored status says that it stopped at an event. */
  readonly blocked: boolean;
}

/**
 * Opens what the read store has of a projection: the serving generation, a half-built one, or
 * neither.
 * @throws Error when a newer version of the projection is live: only newer code may run on it.
 */
export async function openPair(
  context: EngineContext,
  projection: Projection,
): Promise<OpenedPair> {
  const status = await context.store.projectionStatus(projection.name);
  const opened = await openGenerations(context, projection, status);
  for (const generation of generationsOf(opened.pair)) {
    generation.paused = status?.status === 'paused';
  }
  return opened;
}

async function openGenerations(
  context: EngineContext,
  projection: Projection,
  status: ProjectionStatus | undefined,
): Promise<OpenedPair> {
  const { store, log } = context;
  const live = await store.liveGeneration(projection.name);
  const skipped = [...(status?.skipped ?? []), ...(await skippedInLog(log, projection.name))];
  const blocked = status?.status === 'blocked';
  const pair: GenerationPair = { projection, serving: undefined, building: undefined };
  if (live && live.version > projection.version) {
    throw new Error(
      `expected read model ${projection.name} at version ${projection.version} or older, found ${live.version}: it was built by newer code, which alone may run on it`,
    );
  }
  if (live?.version === projection.version) {
    const serving = createGeneration(context, projection, live.generation, skipped);
    const checkpoint = await store.checkpoint(serving.collection.name);
    const sound = checkpoint
      ? await belongsToLog(log, checkpoint)
      : await isEmpty(context, serving);
    if (sound) {
      continueFrom(serving, checkpoint);
      pair.serving = serving;
      pair.building = await halfBuilt(context, serving, skipped);
      return { pair, blocked };
    }
    const generation = live.generation + 1;
    pair.building = createGeneration(context, projection, generation, skipped);
    const reason = checkpoint ? 'the log is another or a restored one' : 'the checkpoint is gone';
    await context.engineEvents.record(projection.name, 'RebuildStarted', { generation, reason });
    await dropStale(context, pair.building);
    return { pair, blocked };
  }
  pair.building = createGeneration(context, projection, (live?.generation ?? 0) + 1, skipped);
  await dropStale(context, pair.building);
  return { pair, blocked };
}

/** Without documents, a missing checkpoint is sound: no event has touched the generation yet. */
async function isEmpty({ store }: EngineContext, { collection }: Generation): Promise<boolean> {
  await store.ensureCollection(collection);
  return (await store.scan(collection.name, '', 1)).length === 0;
}

/** The newest generation after the serving one, whose build was interrupted by a stop. */
async function halfBuilt(
  context: EngineContext,
  serving: Generation,
  skipped: readonly string[],
): Promise<Generation | undefined> {
  const { store } = context;
  const { projection } = serving;
  const base = collectionOf(projection, 0).name.replace(/0$/, '');
  const numbers = (await store.listCollections())
    .filter((name) => name.startsWith(base))
    .map((name) => Number(name.slice(base.length)));
  const newest = Math.max(...numbers, serving.number);
  if (newest === serving.number) return undefined;
  const building = createGeneration(context, projection, newest, skipped);
  await dropStale(context, building);
  return building;
}

/** A half-built generation is continued when it was built from this log, else started again. */
async function dropStale(context: EngineContext, generation: Generation): Promise<void> {
  const { store, log } = context;
  const checkpoint = await store.checkpoint(generation.collection.name);
  if (checkpoint && (await belongsToLog(log, checkpoint))) continueFrom(generation, checkpoint);
  else await drop(context, generation.collection.name);
}

/** Its position is set before it runs: a paused generation answers queries without running. */
function continueFrom(generation: Generation, checkpoint: Checkpoint | undefined): void {
  generation.position = checkpoint?.position ?? START;
}

/** A holder of a newer lease may be building the collection, or serving it. @throws FencedError */
async function drop({ store, feedName }: EngineContext, collection: string): Promise<void> {
  await store.claim(feedName);
  await store.dropCollection(collection);
}

/** Drops older generations that no instance reads any more. */
export async function dropRetired(
  context: EngineContext,
  pairs: readonly GenerationPair[],
): Promise<void> {
  const { store, sharesStore } = context;
  const used = new Set(
    pairs.flatMap(generationsOf).map((generation) => generation.collection.name),
  );
  for (const name of await store.listCollections()) {
    if (used.has(name) || isOnlyAnswer(pairs, name)) continue;
    // Other engines have collections of their own, and read what this engine served before.
    const keep = sharesStore && (!isOfThese(pairs, name) || isPrevious(pairs, name));
    if (keep) continue;
    await drop(context, name);
  }
}

/** Another instance may answer queries from it until it next reads which generation is live. */
function isPrevious(pairs: readonly GenerationPair[], name: string): boolean {
  return pairs.some(
    ({ projection, serving }) =>
      serving && name === collectionOf(projection, serving.number - 1).name,
  );
}

function isOfThese(pairs: readonly GenerationPair[], name: string): boolean {
  return pairs.some(({ projection }) => name.startsWith(baseOf(projection)));
}

/** While the first generation of a new version is built, an older version alone has documents. */
function isOnlyAnswer(pairs: readonly GenerationPair[], name: string): boolean {
  return pairs.some(({ projection, serving }) => !serving && name.startsWith(baseOf(projection)));
}

function baseOf({ collection }: Projection): string {
  return `${collection.replaceAll('-', '_')}__`;
}
