import type { Checkpoint, DocumentWrite } from '../../../src/ports/read-store.ts';
import type { World } from '../../support/projection-world.ts';

/** Writes documents behind the engine's back, without any checkpoint. */
export async function overwrite(
  world: World,
  projection: string,
  writes: readonly DocumentWrite[],
): Promise<void> {
  const name = world.collection(projection);
  const indexes = world.toys.all.find((toy) => toy.name === projection)?.indexes ?? [];
  const outcome = await world.store.commit({
    documents: [{ collection: { name, indexes }, writes }],
    checkpoints: [],
  });
  if (outcome.outcome !== 'done') throw new Error(`expected done, found ${outcome.outcome}`);
}

export async function stored(world: World, projection: string, key: string) {
  const document = (await world.store.load(world.collection(projection), [key])).get(key);
  if (!document) throw new Error(`expected a document ${key} of ${projection}`);
  return document as DocumentWrite;
}

/** Moves a checkpoint behind the engine's back. */
export async function moveCheckpoint(world: World, name: string, to: Checkpoint): Promise<void> {
  const from = await world.store.checkpoint(name);
  const outcome = await world.store.commit({ documents: [], checkpoints: [{ name, from, to }] });
  if (outcome.outcome !== 'done') throw new Error(`expected done, found ${outcome.outcome}`);
}

export async function checkpointOf(world: World, name: string): Promise<Checkpoint> {
  const checkpoint = await world.store.checkpoint(name);
  if (!checkpoint) throw new Error(`expected a checkpoint ${name}`);
  return checkpoint;
}
