import type { CallerOrigin } from '../../domain/kernel/event.ts';
import type { ShopSource } from '../../domain/kernel/shop.ts';
import type { CommandEngine } from '../../engine/commands/command-engine.ts';
import type { Calendar } from '../../ports/calendar.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PasswordHash } from '../../ports/password-hash.ts';
import type { TokenSigner } from '../../ports/token-signer.ts';
import type { Vault } from '../../ports/vault.ts';
import type { Incidents } from './incidents.ts';

/** What signing in needs of the running system. */
export interface IdentityOptions {
  readonly commands: CommandEngine;
  readonly log: Pick<EventLog, 'readAll'>;
  readonly shops: ShopSource;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly calendar: Calendar;
  readonly passwords: PasswordHash;
  readonly tokens: TokenSigner;
  readonly incidents: Incidents;
  readonly logger: Logger;
}

/** The request that signs in or out. */
export interface SignInRequest {
  readonly correlationId: string;
  /** Network address of the caller. */
  readonly address: string;
  /** From where it came, for the events. */
  readonly origin: CallerOrigin;
}

/** A random text that cannot be guessed: two UUIDs of 122 random bits each. */
export function newSecretText({ ids, digest }: Pick<IdentityOptions, 'ids' | 'digest'>): string {
  return digest.sha256(`${ids.uuid()}${ids.uuid()}`);
}
