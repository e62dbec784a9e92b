import type { RecordedEvent } from '../../../domain/kernel/event.ts';
import { type Category, documentKey, partsOf, streamName } from '../../../domain/kernel/names.ts';
import type { Projection } from './projection.ts';

/** Streams are bounded far below this, so that keys sort as revisions do. */
const REVISION_DIGITS = 8;

type Keying = Pick<Projection, 'categories' | 'keys'> & Required<Pick<Projection, 'streamOf'>>;

/** Which documents a read model has: decides `keys` by events that touch it. */
interface KindOptions<Event> {
  /** Events that touch no document. All do when absent. */
  readonly ignores?: (event: Event & RecordedEvent) => boolean;
}

/** One document per entity, with the key of its stream. */
export function perEntity<Event = unknown>(
  category: Category,
  { ignores }: KindOptions<Event> = {},
): Keying {
  return {
    categories: [category],
    keys: (event) => {
      if (ignores?.(event as Event & RecordedEvent)) return [];
      const { storeId, parts } = partsOf(event.stream);
      return [documentKey(storeId, ...parts)];
    },
    streamOf: (key) => {
      const { storeId, parts } = partsOf(key);
      return streamName(category, storeId, ...parts);
    },
  };
}

/** One document per event of an entity, in the order of its stream. */
export function perEvent<Event = unknown>(
  category: Category,
  options: KindOptions<Event> = {},
): Keying {
  const { ignores } = options;
  return perPart<Event>(category, (event) =>
    ignores?.(event) ? [] : [String(event.revision).padStart(REVISION_DIGITS, '0')],
  );
}

/** One document per part of an entity, such as each debt of an account. */
export function perPart<Event = unknown>(
  category: Category,
  partsIn: (event: Event & RecordedEvent) => readonly string[],
): Keying {
  return {
    categories: [category],
    keys: (event) => {
      const { storeId, parts } = partsOf(event.stream);
      return partsIn(event as Event & RecordedEvent).map((part) =>
        documentKey(storeId, ...parts, part),
      );
    },
    streamOf: (key) => {
      const { storeId, parts } = partsOf(key);
      return streamName(category, storeId, ...parts.slice(0, -1));
    },
  };
}
