import { omitUndefined } from '../../lib/omit-undefined.ts';
import type { CommandContext, Decider } from '../kernel/decider.ts';
import { DomainError, NotFoundError } from '../kernel/errors.ts';
import { type IntegrationCommand, integrationCommands } from './commands.ts';
import type {
  Environment,
  HealthStatus,
  IntegrationEvent,
  IntegrationProvider,
  IntegrationStatus,
} from './events.ts';

interface Connection {
  readonly provider: IntegrationProvider;
  readonly account: string;
  readonly environment: Environment;
  readonly credentialsId: string;
  /** Absent: the provider was not asked yet. */
  readonly isAccepted?: boolean;
  readonly health: HealthStatus;
}

export type IntegrationState =
  { readonly status: 'none' } | ({ readonly status: IntegrationStatus } & Connection);

/** The connection of a shop with its account at one provider, which names the entity. */
export const integrationDecider: Decider<IntegrationState, IntegrationCommand, IntegrationEvent> = {
  category: 'integration',
  version: 2,
  initialState: { status: 'none' },
  commands: integrationCommands,
  decide,
  evolve,
};

/**
 * @throws NotFoundError integration_not_found: there never was one.
 * @throws DomainError integration_disconnected, integration_paused, integration_not_paused.
 */
function decide(
  command: IntegrationCommand,
  state: IntegrationState,
  { entityId }: CommandContext,
): readonly IntegrationEvent[] {
  const provider = entityId as IntegrationProvider;
  if (command.type === 'GiveCredentials') {
    const replaces = state.status === 'none' ? undefined : state.credentialsId;
    const status = state.status === 'suspended' ? 'suspended' : 'connecting';
    const data = { provider, ...command.data, ...omitUndefined({ replaces }), status } as const;
    return [{ type: 'IntegrationCredentialsGiven', data }];
  }
  const connection = existing(state, provider);
  switch (command.type) {
    case 'RecordTest':
      return tested(command.data, connection);
    case 'RecordHealth':
      return judged(command.data, connection);
    case 'PauseIntegration': {
      if (connection.status === 'suspended') {
        throw new DomainError('integration_paused', `the connection with ${provider} is paused`);
      }
      return [
        { type: 'IntegrationPaused', data: { provider, ...command.data, status: 'suspended' } },
      ];
    }
    case 'ResumeIntegration': {
      if (connection.status !== 'suspended') {
        const message = `the connection with ${provider} is not paused`;
        throw new DomainError('integration_not_paused', message);
      }
      return [{ type: 'IntegrationResumed', data: { provider, status: statusOf(connection) } }];
    }
    case 'DisconnectIntegration': {
      const { credentialsId } = connection;
      const data = { provider, credentialsId, status: 'disconnected' } as const;
      return [{ type: 'IntegrationDisconnected', data }];
    }
  }
}

type Existing = Exclude<IntegrationState, { status: 'none' }>;

function existing(state: IntegrationState, provider: string): Existing {
  if (state.status === 'none') {
    throw new NotFoundError('integration_not_found', `there is no connection with ${provider}`);
  }
  if (state.status === 'disconnected') {
    const message = `the connection with ${provider} has ended`;
    throw new DomainError('integration_disconnected', message);
  }
  return state;
}

/** A late test of credentials that were replaced says nothing about the new ones. */
function tested(
  test: Extract<IntegrationCommand, { type: 'RecordTest' }>['data'],
  connection: Existing,
): readonly IntegrationEvent[] {
  const { provider, credentialsId, isAccepted } = connection;
  if (test.credentialsId !== credentialsId || test.isAccepted === isAccepted) return [];
  const now = { ...connection, isAccepted: test.isAccepted };
  const status = connection.status === 'suspended' ? 'suspended' : statusOf(now);
  return [{ type: 'IntegrationTested', data: { provider, ...test, status } }];
}

/** Only a change is recorded. A late judgement of replaced credentials, or of a pause, is none. */
function judged(
  { credentialsId, ...found }: Extract<IntegrationCommand, { type: 'RecordHealth' }>['data'],
  { provider, health: before, status, ...connection }: Existing,
): readonly IntegrationEvent[] {
  if (credentialsId !== connection.credentialsId || status === 'suspended') return [];
  if (found.health === before) return [];
  return [{ type: 'IntegrationHealthChanged', data: { provider, before, ...found, status } }];
}

function statusOf({ isAccepted }: Pick<Connection, 'isAccepted'>): IntegrationStatus {
  if (isAccepted === undefined) return 'connecting';
  return isAccepted ? 'connected' : 'error';
}

function evolve(state: IntegrationState, event: IntegrationEvent): IntegrationState {
  if (event.type === 'IntegrationCredentialsGiven') {
    const { provider, account, environment, credentialsId, status } = event.data;
    return { provider, account, environment, credentialsId, status, health: 'unknown' };
  }
  if (state.status === 'none') return state;
  if (event.type === 'IntegrationHealthChanged') return { ...state, health: event.data.health };
  const { status } = event.data;
  if (event.type !== 'IntegrationTested') return { ...state, status };
  return { ...state, status, isAccepted: event.data.isAccepted };
}
