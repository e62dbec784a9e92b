import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../../kernel/decider.ts';
import { DomainError, NotFoundError } from '../../kernel/errors.ts';
import { formatInstant, instantMs, parseInstant, plusMs } from '../../kernel/instant.ts';
import { rolesWith } from '../../kernel/permissions.ts';
import { type ApiKeyCommand, apiKeyCommands, DEFAULT_OVERLAP_HOURS } from './commands.ts';
import type { ApiKeyEvent } from './events.ts';

type Added = Extract<ApiKeyEvent, { type: 'ApiKeyAdded' }>['data'];
const HOUR_MS = 3_600_000;
const severity = 'HIGH';

/** A key after it was added. */
export interface KnownApiKey extends Omit<Added, 'severity'> {
  readonly status: 'active' | 'revoked';
  /** Secrets that the key had before this one. */
  readonly generation: number;
}

export type ApiKeyState = { readonly status: 'none' } | KnownApiKey;

/**
 * Decides a command to an API key. A revoked key stays revoked.
 * @throws NotFoundError api_key_not_found.
 * @throws DomainError api_key_exists, api_key_revoked, invalid_scope, expired_already.
 */
function decide(
  command: ApiKeyCommand,
  state: ApiKeyState,
  { entityId: keyId, now }: CommandContext,
): readonly ApiKeyEvent[] {
  if (command.type === 'AddApiKey') return [added(command.data, state, keyId, now)];
  if (state.status === 'none') {
    throw new NotFoundError('api_key_not_found', `there is no API key ${keyId}`, { keyId });
  }
  if (state.status === 'revoked') {
    throw new DomainError('api_key_revoked', `the API key ${keyId} is revoked`, { keyId });
  }
  if (command.type === 'RevokeApiKey') {
    return [{ type: 'ApiKeyRevoked', data: { keyId, severity } }];
  }
  const { overlapHours = DEFAULT_OVERLAP_HOURS } = command.data;
  const previousUntil = plusMs(now, overlapHours * HOUR_MS);
  const generation = state.generation + 1;
  return [{ type: 'ApiKeyRotated', data: { keyId, generation, previousUntil, severity } }];
}

function added(
  {
    name,
    role,
    branchId,
    scopes,
    expiresAt,
  }: Extract<ApiKeyCommand, { type: 'AddApiKey' }>['data'],
  state: ApiKeyState,
  keyId: string,
  now: string,
): ApiKeyEvent {
  if (state.status !== 'none') {
    throw new DomainError('api_key_exists', `the API key ${keyId} exists already`, { keyId });
  }
  const foreign = scopes?.find((scope) => !(rolesWith(scope) as readonly string[]).includes(role));
  if (foreign !== undefined) {
    throw new DomainError('invalid_scope', `expected permissions of ${role}, found ${foreign}`);
  }
  const untilMs = expiresAt === undefined ? Infinity : parseInstant(expiresAt);
  if (untilMs === undefined || untilMs <= instantMs(now)) {
    const found = `expected a time in UTC to come, found ${expiresAt}`;
    throw new DomainError('expired_already', found);
  }
  const until = expiresAt === undefined ? undefined : formatInstant(untilMs);
  const rest = omitUndefined({ branchId, expiresAt: until });
  const limited = scopes && { scopes: [...scopes] };
  return { type: 'ApiKeyAdded', data: { keyId, name, role, ...rest, ...limited, severity } };
}

function evolve(state: ApiKeyState, event: ApiKeyEvent): ApiKeyState {
  if (event.type === 'ApiKeyAdded') {
    const { severity: _, ...key } = event.data;
    return { ...key, status: 'active', generation: 0 };
  }
  if (state.status === 'none') return state;
  if (event.type === 'ApiKeyRevoked') return { ...state, status: 'revoked' };
  return { ...state, generation: event.data.generation };
}

/** One aggregate per key of a machine. Hashes of the secrets stand in the vault. */
export const apiKeyDecider: Decider<ApiKeyState, ApiKeyCommand, ApiKeyEvent> = {
  category: 'apikey',
  version: 1,
  initialState: { status: 'none' },
  commands: apiKeyCommands,
  decide,
  evolve,
};
