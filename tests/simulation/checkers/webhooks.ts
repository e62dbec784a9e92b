import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf, streamName } from '../../../src/domain/kernel/names.ts';
import type { CreateChecker } from './checker.ts';

/** Rules of webhooks: what was acknowledged is in the log, once, in the shop of its account. */
export const webhookRules: CreateChecker = ({ servers, acknowledged }, fail) => {
  const kept = new Set<string>();
  let seen = 0;

  function note({ stream, type, data, metadata }: RecordedEvent): void {
    if (categoryOf(stream) !== 'webhook') return;
    if (type !== 'WebhookReceived') {
      if (!kept.has(stream)) fail('webhook-once', `${stream} has a ${type} before it came`);
      return;
    }
    if (kept.has(stream)) fail('webhook-once', `${stream} was received twice`);
    kept.add(stream);
    const { account } = data as { readonly account: string };
    if (account !== `merchant-${metadata.storeId}`) {
      fail('webhook-of-shop', `${stream} is of ${account}`);
    }
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      for (const { shop, eventId } of acknowledged) {
        const stream = streamName('webhook', shop, `square-${eventId}`);
        if (!kept.has(stream)) fail('webhook-kept', `${stream} was acknowledged and is not kept`);
      }
    },
  };
};
