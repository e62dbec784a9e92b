import { createCipher } from '../../../src/adapters/system/cipher.ts';
import { deepFreeze } from '../../../src/domain/kernel/deep-freeze.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { isSealed } from '../../../src/engine/personal-data/subject.ts';
import type { Cipher } from '../../../src/ports/cipher.ts';
import type { World } from '../world/world.ts';

/** The cipher of all nodes, which remembers what it sealed, for checkers. */
export interface SimCipher extends Cipher {
  /** The event with its personal data as it was given, also after its key was destroyed. */
  readonly opened: (event: RecordedEvent) => RecordedEvent;
  /** What was sealed, whatever became of its key. */
  readonly textOf: (sealed: { readonly tag: string }) => string;
}

/** The product's cipher with the randomness of the world: a seed gives the same bytes again. */
export function createSimCipher(world: World): SimCipher {
  const rnd = world.rnd('cipher');
  const sealed = new Map<string, string>();
  const cipher = createCipher((bytes) => Uint8Array.from({ length: bytes }, () => rnd.below(256)));
  return {
    ...cipher,
    seal(key, text, additional) {
      const result = cipher.seal(key, text, additional);
      sealed.set(result.tag, text);
      return result;
    },
    textOf: ({ tag }) => sealed.get(tag) ?? '{}',
    opened(event) {
      const { personal } = (event.data ?? {}) as { readonly personal?: unknown };
      if (!isSealed(personal)) return event;
      const text = sealed.get(personal.tag) as string;
      const data = { ...(event.data as object), personal: JSON.parse(text) as unknown };
      return deepFreeze({ ...event, data });
    },
  };
}
