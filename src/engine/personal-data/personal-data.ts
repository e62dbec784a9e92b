import type { Command } from '../../domain/kernel/decider.ts';
import type { NewEvent, RecordedEvent } from '../../domain/kernel/event.ts';
import type { EventTypes } from '../../domain/kernel/event-types.ts';
import { differingFields, fieldHashes } from '../../domain/kernel/fingerprint.ts';
import type { Cipher, SealedText } from '../../ports/cipher.ts';
import { comparableHashes, personalFieldHashes } from './field-hashes.ts';
import { hasPersonalData, openEvent, sealEvents, subjectOfEvent } from './seal-events.ts';
import { type Subject, subjectOf } from './subject.ts';
import type { FoundKey, SubjectKeys } from './subject-keys.ts';

type Hashes = Readonly<Record<string, string>>;

/** The fields of a command as they are recorded, to recognise its repeats. */
export interface CommandFields {
  hashes(): Hashes | Promise<Hashes>;
  /** Names of the fields in which this repeat differs from the recorded command. */
  differingFrom(recorded: Hashes): readonly string[] | Promise<readonly string[]>;
}

/** Keeps personal data encrypted wherever it is stored. */
export interface PersonalData {
  /** The fields of a command, `personal` ones under the key of the stream's subject. */
  fields(stream: string, command: Command, personal: readonly string[]): CommandFields;
  /**
   * The events as they are stored; undefined when the personal data of the subject was erased, and
   * so none can be added.
   */
  seal(stream: string, events: readonly NewEvent[]): Promise<readonly NewEvent[] | undefined>;
  /** The events as their rules know them; the same list when none has personal data. */
  open(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]>;
  isErased(stream: string): Promise<boolean>;
  /** A text about the stream's subject; undefined when there is no key. */
  sealText(stream: string, text: string): Promise<string | undefined>;
  /** The text again; undefined when it cannot be read any more. */
  openText(stream: string, sealed: string): Promise<string | undefined>;
}

/** What reading needs of the keys. */
export interface ReadingKeys {
  /** The keys in the order of the subjects. */
  findAll(subjects: readonly Subject[]): Promise<readonly FoundKey[]>;
}

/** The fields of a command without personal data. */
export function plainFields(command: Command): CommandFields {
  const hashes = fieldHashes(command);
  return { hashes: () => hashes, differingFrom: (recorded) => differingFields(recorded, hashes) };
}

export function createPersonalData(
  types: EventTypes,
  cipher: Cipher,
  keys: SubjectKeys,
): PersonalData {
  const opener = createOpener(types, cipher, readingKeys(keys));
  return {
    open: opener.open,
    fields(stream, command, personal) {
      const given = Object.keys(command.data ?? {});
      if (!personal.some((name) => given.includes(name))) return plainFields(command);
      // Not before they are recorded: a command for an unknown person must create no key.
      const hashes = async () => {
        const key = await keys.obtain(subjectOf(stream));
        return personalFieldHashes(cipher, key === 'erased' ? undefined : key, command, personal);
      };
      return {
        hashes,
        async differingFrom(recorded) {
          const now = await hashes();
          return differingFields(comparableHashes(recorded, now, fieldHashes(command)), now);
        },
      };
    },
    async seal(stream, events) {
      if (!events.some((event) => hasPersonalData(types, event))) return events;
      const subject = subjectOf(stream);
      const key = await keys.obtain(subject);
      return key === 'erased' ? undefined : sealEvents(types, cipher, subject, key, events);
    },
    isErased: async (stream) => (await keys.find(subjectOf(stream))) === 'erased',
    async sealText(stream, text) {
      const key = await keys.find(subjectOf(stream));
      return typeof key === 'string' ? undefined : JSON.stringify(cipher.seal(key, text, stream));
    },
    async openText(stream, sealed) {
      const key = await keys.find(subjectOf(stream));
      if (typeof key === 'string') return undefined;
      return cipher.open(key, JSON.parse(sealed) as SealedText, stream);
    },
  };
}

/** The part that only reads, for a thread that reaches the keys through another one. */
export function createOpener(
  types: EventTypes,
  cipher: Cipher,
  keys: ReadingKeys,
): Pick<PersonalData, 'open'> {
  return {
    async open(events) {
      if (!events.some((event) => hasPersonalData(types, event))) return events;
      const subjects = events.map((event) => subjectOfEvent(types, event));
      const distinct = new Map<string, Subject>();
      for (const subject of subjects) if (subject) distinct.set(nameOf(subject), subject);
      const found = await keys.findAll([...distinct.values()]);
      const byName = new Map([...distinct.keys()].map((name, i) => [name, found[i] ?? 'missing']));
      return events.map((event, i) => {
        const subject = subjects[i];
        if (!subject) return event;
        return openEvent(types, cipher, event, subject, byName.get(nameOf(subject)) ?? 'missing');
      });
    },
  };
}

/** Keys that are asked for at once: a page of events can be about many persons. */
const PARALLEL_KEYS = 16;

export function readingKeys({ find }: Pick<SubjectKeys, 'find'>): ReadingKeys {
  return {
    async findAll(subjects) {
      const found: FoundKey[] = [];
      const waiting = [...subjects.entries()];
      const next = async () => {
        for (let each = waiting.shift(); each; each = waiting.shift()) {
          const [i, subject] = each;
          found[i] = await find(subject);
        }
      };
      await Promise.all(Array.from({ length: PARALLEL_KEYS }, next));
      return found;
    },
  };
}

function nameOf({ storeId, id }: Subject): string {
  return JSON.stringify([storeId, id]);
}
