import { storeOf } from '../../../src/domain/kernel/names.ts';
import type {
  Checkpoint,
  DocumentWrite,
  ReadStoreCommit,
  StoredDocument,
} from '../../../src/ports/read-store.ts';
import type { SeenChange } from '../nodes/servers.ts';
import type { CreateChecker } from './checker.ts';
import { sameJson } from './same-json.ts';
import { type Shadow, type ShadowModel, type Version, versionAt } from './shadow.ts';

/** What is known of one collection from what was written to it. */
interface Collection {
  readonly model: ShadowModel;
  /** Place up to which each document was folded. */
  readonly held: Map<string, number>;
  /** How many of the model's touches are known to be in the documents. */
  verified: number;
  /** Place of its checkpoint, or of the feed that it is a member of. */
  claimed: number;
}

const placeOf = (checkpoint: Checkpoint) => Number(checkpoint.position.commit);

/** Rules of documents and checkpoints, commit by commit. */
export const readModelRules =
  (shadow: Shadow): CreateChecker =>
  ({ servers, conditions }, fail) => {
    const collections = new Map<string, Collection>();
    const checkpoints = new Map<string, number>();
    /** The newest token by which each checkpoint was claimed. */
    const claims = new Map<string, number>();
    let taken = 0;
    // Where events are hidden from subscriptions, documents lack them until that is found out.
    const strict = conditions.weather.faults.eventHidden === 0;

    function collectionOf(name: string): Collection | undefined {
      const known = collections.get(name);
      const model = known?.model ?? shadow.modelOf(name);
      if (known || !model) return known;
      const fresh = { model, held: new Map<string, number>(), verified: 0, claimed: -1 };
      collections.set(name, fresh);
      return fresh;
    }

    function write(name: string, { model, held }: Collection, written: DocumentWrite): void {
      const { key, storeId, position, body } = written;
      const at = Number(position.commit);
      if (storeOf(key) !== storeId) {
        fail('tenant-isolation', `document ${key} of ${name} is kept as one of ${storeId}`);
      }
      held.set(key, at);
      if (!strict) return;
      if (shadow.mayHold(model, key, at, body)) return;
      const expected = versionAt(model, key, at);
      fail('document-is-fold', `${key} of ${name} at ${at} is ${difference(body, expected)}`);
    }

    /** Each document that an event up to the checkpoint touches has seen that event. */
    function claim(name: string, collection: Collection, at: number): void {
      if (!strict || at <= collection.claimed) return;
      const { model, held } = collection;
      collection.claimed = at;
      for (; collection.verified < model.touches.length; collection.verified++) {
        const touch = model.touches[collection.verified];
        if (!touch || touch.at > at) break;
        for (const key of touch.keys) {
          if ((held.get(key) ?? -1) >= touch.at) continue;
          const found = String(held.get(key) ?? 'nothing');
          const what = `${name} is said to be at ${at}, but ${key}`;
          fail('checkpoint-behind-documents', `${what} lacks event ${touch.at}; it has ${found}`);
        }
      }
    }

    function commit({ documents = [], checkpoints: moves }: ReadStoreCommit): void {
      for (const { collection, writes } of documents) {
        const target = collectionOf(collection.name);
        if (target) for (const each of writes) write(collection.name, target, each);
      }
      for (const { name, to, token = 0 } of moves) {
        const claimed = claims.get(name) ?? 0;
        if (token < claimed) {
          fail(
            'fenced-out',
            `${name} was moved with token ${token}, after a claim with ${claimed}`,
          );
        }
        const at = placeOf(to);
        const before = checkpoints.get(name);
        if (before !== undefined && at < before) {
          fail('checkpoint-forward', `${name} went back from ${before} to ${at}`);
        }
        checkpoints.set(name, at);
        const event = servers.recorded[at];
        if (at >= 0 && event?.id !== to.eventId) {
          fail('checkpoint-in-log', `${name} is at ${at}, where another event stands, or none`);
        }
        const own = collectionOf(name);
        if (own) claim(name, own, at);
        for (const member of to.members ?? []) {
          const joined = collectionOf(member);
          if (joined) claim(member, joined, at);
        }
      }
    }

    function take(change: SeenChange): void {
      if (change.kind === 'dropped') {
        collections.delete(change.collection);
        checkpoints.delete(change.collection);
      } else if (change.kind === 'reset') checkpoints.delete(change.checkpoint);
      else if (change.kind === 'claimed') {
        claims.set(change.checkpoint, Math.max(claims.get(change.checkpoint) ?? 0, change.token));
      } else if (change.outcome.outcome === 'done') commit(change.commit);
    }

    return {
      onStep() {
        shadow.follow(servers.recorded);
        for (; taken < servers.changes.length; taken++) take(servers.changes[taken] as SeenChange);
      },
    };
  };

/** How the stored documents differ from the fold of the whole log; undefined when nowhere. */
export async function differenceFromFold(
  shadow: Shadow,
  collectionFor: (projection: string) => Promise<string | undefined>,
  scan: (collection: string) => Promise<readonly StoredDocument[]>,
): Promise<string | undefined> {
  for (const { projection, versions } of shadow.models) {
    const collection = await collectionFor(projection.name);
    if (collection === undefined) return `${projection.name} answers no queries`;
    const stored = new Map((await scan(collection)).map((document) => [document.key, document]));
    for (const [key, all] of versions) {
      const expected = all.at(-1);
      const found = stored.get(key);
      stored.delete(key);
      if (!sameJson(found?.body, expected?.body)) {
        return `${key} of ${collection} is ${difference(found?.body, expected)}`;
      }
      if (found && Number(found.position.commit) !== expected?.at) {
        return `${key} of ${collection} is at ${found.position.commit}, not ${expected?.at}`;
      }
      if (found && storeOf(key) !== found.storeId) return `${key} is kept as of ${found.storeId}`;
    }
    for (const [key, { body }] of stored) {
      if (body !== undefined) return `${key} of ${collection} comes from no event`;
    }
  }
  return undefined;
}

function difference(found: unknown, expected: Version | undefined): string {
  return `${JSON.stringify(found)}, not ${JSON.stringify(expected?.body)}`;
}
