import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { accountOf } from '../nodes/providers.ts';
import type { CreateChecker } from './checker.ts';

interface Counted {
  readonly provider: string;
  readonly calls: number;
  readonly failed: number;
}

interface Judged {
  readonly before: string;
  readonly health: string;
}

/**
 * Rules of health and cost: a call is counted once at most (a node that dies forgets what it had
 * not recorded), and only a change of the health is recorded.
 */
export const providerUsageRules: CreateChecker = ({ servers }, fail) => {
  const counted = new Map<string, number>();
  const health = new Map<string, string>();
  let seen = 0;

  function count({ stream, revision, data, metadata }: RecordedEvent): void {
    const { provider, calls, failed } = data as Counted;
    const name = `${provider} ${accountOf(metadata.storeId)}`;
    const total = (counted.get(name) ?? 0) + calls;
    counted.set(name, total);
    const sent = servers.providers.sent.get(name) ?? 0;
    const where = `${stream} at ${revision}`;
    if (total > sent) fail('calls-counted-once', `${where}: ${total} counted, ${sent} sent`);
    if (failed > calls) fail('calls-counted-once', `${where}: ${failed} of ${calls} failed`);
  }

  function judge({ stream, revision, data }: RecordedEvent): void {
    const { before, health: now } = data as Judged;
    const known = health.get(stream) ?? 'unknown';
    const where = `${stream} at ${revision}`;
    if (before !== known) fail('health-changes', `${where} says ${before}, it was ${known}`);
    if (now === known) fail('health-changes', `${where} changes nothing`);
    health.set(stream, now);
  }

  function note(event: RecordedEvent): void {
    if (event.type === 'ProviderCallsCounted') count(event);
    if (event.type === 'IntegrationHealthChanged') judge(event);
    if (event.type === 'IntegrationCredentialsGiven') health.delete(event.stream);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
  };
};
