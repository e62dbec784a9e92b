import type { IntegrationEvent } from '../../domain/integrations/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

/** An event of a connection with a provider in one plain sentence. */
export function describeIntegrationEvent(event: IntegrationEvent | CommandRefused): string {
  switch (event.type) {
    case 'IntegrationCredentialsGiven': {
      const { provider, account, environment } = event.data;
      return `Credentials given for account ${account} at ${provider}, ${environment}`;
    }
    case 'IntegrationTested': {
      const { provider, isAccepted, code } = event.data;
      if (isAccepted) return `${provider} accepted the credentials`;
      return `${provider} refused the credentials: ${code ?? 'no reason given'}`;
    }
    case 'IntegrationHealthChanged': {
      const { provider, before, health, isReachable, successRate } = event.data;
      const why = isReachable ? `${successRate} % of the calls succeed` : 'it does not answer';
      return `Exchange with ${provider} is ${health}, before ${before}: ${why}`;
    }
    case 'IntegrationPaused': {
      const { provider, reason } = event.data;
      return `Connection with ${provider} paused${reason === undefined ? '' : `: ${reason}`}`;
    }
    case 'IntegrationResumed':
      return `Connection with ${event.data.provider} resumed`;
    case 'IntegrationDisconnected':
      return `Disconnected from ${event.data.provider}; its credentials were removed`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}
