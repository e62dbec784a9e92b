import { canonicalJson, fieldHashes } from '../../domain/kernel/fingerprint.ts';
import type { Cipher } from '../../ports/cipher.ts';

/** Begins a hash that only the key of the subject makes; other hashes are of base 36. */
const KEYED = 'k:';
const HASH_LENGTH = 16;

type Hashes = Readonly<Record<string, string>>;
interface GivenCommand {
  readonly type: string;
  readonly data: unknown;
}

/**
 * One short hash per field of a command, as in `fieldHashes`. Those of personal fields are keyed,
 * because a name or a phone number can be guessed from a plain hash. Without the key they say
 * nothing.
 */
export function personalFieldHashes(
  cipher: Cipher,
  key: Uint8Array | undefined,
  command: GivenCommand,
  personal: readonly string[],
): Hashes {
  const hashes = fieldHashes(command);
  const data = command.data as Readonly<Record<string, unknown>>;
  for (const name of personal) {
    if (hashes[name] === undefined) continue;
    const text = canonicalJson([name, data[name]]);
    hashes[name] = `${KEYED}${key ? cipher.mac(key, text).slice(0, HASH_LENGTH) : ''}`;
  }
  return hashes;
}

/**
 * The recorded hashes in a form that can be compared with those of a repeat: a field of which one
 * side cannot say anything counts as the same, and one that was recorded with a plain hash is
 * compared by it.
 */
export function comparableHashes(recorded: Hashes, given: Hashes, plain: Hashes): Hashes {
  const names = Object.keys(recorded);
  return Object.fromEntries(
    names.map((name) => {
      const [before, now] = [recorded[name] ?? '', given[name] ?? ''];
      if (now === '' || !now.startsWith(KEYED)) return [name, before];
      if (before.startsWith(KEYED)) return [name, before === KEYED || now === KEYED ? now : before];
      return [name, before === plain[name] ? now : before];
    }),
  );
}
