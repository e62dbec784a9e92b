import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { credentialsIdOf } from '../../../src/commands/integrations/credentials.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import type { SentRefresh, SimGrant } from '../nodes/provider-grants.ts';
import type { ProviderCall } from '../nodes/providers.ts';
import type { SeenTokens } from '../nodes/stored-tokens.ts';
import type { CreateChecker } from './checker.ts';

/** What a refresh may take from its reading of the vault until it is sent. */
const READ_MS = 500;
/** The same where instances stand still, or two of them hold one lease. */
const LONG_READ_MS = 10_000;

interface Refused {
  readonly credentialsId: string;
  readonly isAccepted: boolean;
}

/** The grant whose first token has that id, for a connection by OAuth. */
export function grantBehind(
  grants: readonly SimGrant[],
  commandId: string,
  credentialsId: string,
): SimGrant | undefined {
  const id = /oauth [0-9a-f]{32}/.exec(commandId)?.[0];
  if (id === undefined) return undefined;
  return grants.find(
    ({ tokens: [first = ''] }) => credentialsIdOf(systemDigest, id, first) === credentialsId,
  );
}

/**
 * Rules of grants by OAuth: a token is stored before it is used, a used refresh token is not sent
 * again, and the owner is asked again only when the grant has ended, once.
 */
export const grantRules: CreateChecker = ({ servers, conditions }, fail) => {
  const { grants, calls } = servers.providers;
  const { faults } = conditions.weather;
  const isHeld = faults.leaseLost === 0 && faults.pauseMs === 0 && faults.clockJumpMs === 0;
  const readMs = isHeld ? READ_MS : LONG_READ_MS;
  const storedAt = new Map<string, number>();
  const ofCredentials = new Map<string, SimGrant>();
  const answers = new Map<string, Refused>();
  const seen = { stored: 0, calls: 0, sent: 0, events: 0 };

  function stored({ accessToken, storedAt: at }: SeenTokens): void {
    if (!storedAt.has(accessToken)) storedAt.set(accessToken, at);
  }

  function called({ token, provider }: ProviderCall): void {
    if (!grants.grantOf(token) || storedAt.has(token)) return;
    fail('token-stored-first', `${token} was used at ${provider} before it was stored`);
  }

  function refreshed({ refreshToken, sentAt }: SentRefresh): void {
    const led = grants.usedFor.get(refreshToken);
    const at = led === undefined ? undefined : storedAt.get(led);
    if (at === undefined || sentAt <= at + readMs) return;
    fail('refresh-token-once', `${refreshToken} was sent again after ${led} was stored`);
  }

  /** Whether the owner has to agree again: it has ended, or its newest token never got here. */
  function isOver({ living, tokens }: SimGrant): boolean {
    return living === undefined || !storedAt.has(tokens.at(-1) ?? '');
  }

  function noted({ stream, type, data, metadata, revision }: RecordedEvent): void {
    if (categoryOf(stream) !== 'integration') return;
    const { credentialsId, isAccepted } = data as Refused;
    if (type === 'IntegrationCredentialsGiven') {
      const grant = grantBehind(grants.grants, metadata.commandId, credentialsId);
      if (grant) ofCredentials.set(stream + credentialsId, grant);
    }
    if (type !== 'IntegrationTested') return;
    const grant = ofCredentials.get(stream + credentialsId);
    const before = answers.get(stream);
    answers.set(stream, { credentialsId, isAccepted });
    if (!grant || isAccepted) return;
    if (!isOver(grant)) fail('owner-asked-in-need', `${stream} at ${revision}: the grant goes on`);
    const isAgain = before?.credentialsId === credentialsId && !before.isAccepted;
    if (isAgain) fail('owner-asked-once', `${stream} at ${revision} asks again`);
  }

  function each<T>(name: keyof typeof seen, all: readonly T[], look: (item: T) => void): void {
    while (seen[name] < all.length) look(all[seen[name]++] as T);
  }

  return {
    onStep() {
      each('stored', servers.storedTokens, stored);
      each('calls', calls, called);
      each('sent', grants.sent, refreshed);
      each('events', servers.recorded, noted);
    },
  };
};
