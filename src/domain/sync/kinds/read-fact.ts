import { canonicalText, NotCanonicalError } from '../../../lib/canonical-json.ts';
import { DomainError } from '../../kernel/errors.ts';
import { parseInstant } from '../../kernel/instant.ts';
import { type Fact, factForms } from './commands.ts';

/** Why something that was sent is no fact. */
export interface Unreadable {
  readonly code: 'invalid_fact' | 'hash_mismatch' | 'foreign_device';
  readonly detail: string;
  readonly field?: string;
}

/** The text whose SHA-256 is the hash of a fact: all of its fields but the hash. */
export function hashedText({ hash: _, ...rest }: Readonly<Record<string, unknown>>): string {
  return canonicalText(rest);
}

/** What an item of a push is: a fact of the device, with a hash that fits, or not (S10). */
export function readFact(
  item: unknown,
  deviceId: string,
  sha256: (text: string) => string,
): { readonly fact: Fact } | Unreadable {
  return checked('Fact', item, deviceId, (fact) => {
    const hash = sha256(hashedText(fact));
    if (hash === fact.hash) return { fact };
    return { code: 'hash_mismatch', detail: `expected hash ${hash}, found ${fact.hash}` };
  });
}

/** The same for a device that numbers nothing: the server makes the hash. */
export function readUnnumberedFact(
  item: unknown,
  deviceId: string,
  sha256: (text: string) => string,
): { readonly fact: Fact } | Unreadable {
  return checked('UnnumberedFact', item, deviceId, (fact) => {
    const hash = sha256(hashedText(fact));
    return { fact: { ...fact, hash } };
  });
}

function checked(
  form: 'Fact' | 'UnnumberedFact',
  item: unknown,
  deviceId: string,
  read: (fact: Fact) => { readonly fact: Fact } | Unreadable,
): { readonly fact: Fact } | Unreadable {
  try {
    factForms.check({ type: form, data: item });
    const fact = item as Fact;
    if (fact.deviceId !== deviceId) {
      const detail = `expected facts of device ${deviceId}, found one of ${fact.deviceId}`;
      return { code: 'foreign_device', detail, field: 'deviceId' };
    }
    if (parseInstant(fact.occurredAt) !== undefined) return read(fact);
    const detail = `expected occurredAt in UTC, found ${fact.occurredAt}`;
    return { code: 'invalid_fact', detail, field: 'occurredAt' };
  } catch (error) {
    if (error instanceof NotCanonicalError) {
      const field = error.path.slice(1).replaceAll('/', '.');
      return { code: 'invalid_fact', detail: error.message, field };
    }
    if (!(error instanceof DomainError)) throw error;
    const { field } = error.details as { readonly field?: string };
    return { code: 'invalid_fact', detail: error.message, ...(field && { field }) };
  }
}
