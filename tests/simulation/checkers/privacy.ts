import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { streamName } from '../../../src/domain/kernel/names.ts';
import { createPersonalData } from '../../../src/engine/personal-data/personal-data.ts';
import { createSubjectKeys } from '../../../src/engine/personal-data/subject-keys.ts';
import { collectionOf } from '../../../src/engine/projections/folding/projection.ts';
import { eventTypesOf } from '../../../src/features/event-types.ts';
import { features } from '../../../src/features/index.ts';
import type { StoredDocument } from '../../../src/ports/read-store.ts';
import type { CreateChecker, Seen } from './checker.ts';
import { PROJECTIONS } from './shadow.ts';

const TYPES = eventTypesOf(features);
const PAGE = 1_000;

/** Rules of what must be read nowhere: secrets, and the data of people who were erased. */
export const privacyRules: CreateChecker = (seen, fail) => {
  const { servers, secrets, personnel } = seen;

  function secretIn(text: string): string | undefined {
    for (const secret of secrets.texts) if (text.includes(secret)) return secret;
    return undefined;
  }

  function check({ stream, type, revision, data, metadata }: RecordedEvent): void {
    const secret = secretIn(JSON.stringify([data, metadata]));
    if (secret === undefined) return;
    fail('no-secret-kept', `${type} in ${stream} at ${revision} holds the secret ${secret}`);
  }

  async function checkDocuments(): Promise<void> {
    const erased = personnel.people.filter(({ erasedSince }) => erasedSince !== undefined);
    for (const [key, text] of await documentsOf(seen)) {
      if (secretIn(text) !== undefined) fail('no-secret-kept', `${key} holds a secret`);
      const person = erased.find(({ email }) => text.includes(email));
      if (person) fail('erased-is-gone', `${key} holds the address of erased ${person.userId}`);
    }
  }

  /** Reads the events as a node does that has just started, with the keys that there are. */
  async function checkErased(): Promise<void> {
    const clock = { now: () => seen.conditions.world.startedAt + seen.conditions.world.now };
    const data = createPersonalData(
      TYPES,
      servers.cipher,
      createSubjectKeys({ ...servers, clock }),
    );
    for (const { email, userId, erasedSince } of personnel.people) {
      if (erasedSince === undefined) continue;
      const stream = streamName('user', personnel.shop, userId);
      const events = servers.stored.filter((event) => event.stream === stream);
      const readable = (await data.open(events)).find((event) =>
        JSON.stringify(event.data).includes(email),
      );
      if (!readable) continue;
      fail('erased-is-gone', `${stream} at ${readable.revision} still shows the address`);
    }
  }

  return {
    /** At the end: a secret becomes known after the event that may hold it. */
    async atEnd() {
      // As it was given, so that a secret in personal data is seen as well.
      if (secrets.texts.size > 0) servers.recorded.forEach(check);
      await checkDocuments();
      await checkErased();
    },
  };
};

/** The documents that queries are answered from, as text. */
async function documentsOf({ servers }: Seen): Promise<readonly (readonly [string, string])[]> {
  const all: (readonly [string, string])[] = [];
  for (const projection of PROJECTIONS) {
    const live = await servers.readStore.liveGeneration(projection.name);
    if (!live) continue;
    const { name } = collectionOf(projection, live.generation);
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: readonly StoredDocument[] = await servers.readStore.scan(name, after, PAGE);
      for (const { key, body } of page) all.push([key, JSON.stringify(body ?? '')]);
      after = page.length < PAGE ? undefined : page.at(-1)?.key;
    }
  }
  return all;
}
