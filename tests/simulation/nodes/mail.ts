import { ALERT_RULES, type AlertContact } from '../../../src/domain/alerts/index.ts';
import type { SendOutcome } from '../../../src/ports/delivery-channel.ts';
import type { EmailTransport } from '../../../src/ports/email-transport.ts';
import type { SmsTransport } from '../../../src/ports/sms-transport.ts';
import type { SignedWebhooks, WebhookSender } from '../../../src/ports/webhook-sender.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Life } from '../world/task-queue.ts';
import type { Fate, Line } from './line.ts';

/** In these worlds the mail server is away for a while. */
const OUTAGE_CHANCE = 0.4;
const OUTAGE_FROM_MS = 8_000;
const OUTAGE_MS = 10_000;
/** No mailbox has a name that begins so. */
export const NOBODY = 'nobody';

export const PUBLIC_URL = 'https://shops.example';
export const REPORT_SECRET = 'secret-of-delivery-reports';

/**
 * Without those that there can be one of for each read model: when a store is away all are raised
 * at once, and what they cause would keep a world busy to its end.
 */
const NOTIFIED_RULES = Object.keys(ALERT_RULES).filter((rule) => !rule.startsWith('projection-'));

/** Who is notified of alerts of the world. */
export const ALERT_CONTACTS: readonly AlertContact[] = [
  {
    ...{ id: 'operator', severity: 'LOW', fromLevel: 0, rules: NOTIFIED_RULES },
    ...{ email: 'operator@shops.example', language: 'en' },
  },
  {
    ...{ id: 'pager', severity: 'LOW', fromLevel: 0, rules: NOTIFIED_RULES },
    ...{ url: 'https://pager.example/alerts', secrets: ['whsec_c2VjcmV0'] },
  },
];

/** A message that a server of the world has taken. */
export interface TakenMessage {
  readonly channel: 'email' | 'sms' | 'webhook' | 'subscription';
  /** `<shop>.<delivery>`. */
  readonly reference: string;
  readonly key: string;
  readonly to: string;
  readonly text: string;
  /** The link of an e-mail by which its person opts out. */
  readonly optOutUrl: string | undefined;
  /** The secrets that signed a webhook of a subscription. */
  readonly signedWith?: readonly string[];
  /** Which node sent it. */
  readonly sender: Life;
  /** When its sender began to send it. */
  readonly begunMs: number;
  /** When its sender got the answer; undefined while it has none. */
  answeredMs: number | undefined;
}

export interface SimMail {
  readonly taken: readonly TakenMessage[];
  isAway(): boolean;
  take(message: TakenMessage): void;
}

export function createSimMail({ world }: Conditions): SimMail {
  const rnd = world.rnd('mail server');
  const taken: TakenMessage[] = [];
  const from = rnd.chance(OUTAGE_CHANCE) ? rnd.next() * OUTAGE_FROM_MS : Infinity;
  const until = from + rnd.next() * OUTAGE_MS;
  return {
    taken,
    isAway: () => world.now >= from && world.now < until,
    take: (message) => void taken.push(message),
  };
}

interface TransportOptions {
  readonly conditions: Conditions;
  readonly line: Line;
  readonly mail: SimMail;
  readonly sender: Life;
}

/** The servers for messages as one life of a node has them. */
export function createNodeTransports(options: TransportOptions): {
  readonly email: EmailTransport;
  readonly sms: SmsTransport;
  readonly webhooks: WebhookSender;
  readonly signedWebhooks: SignedWebhooks;
} {
  const { conditions, line, mail, sender } = options;
  const { world, faults } = conditions;
  const rnd = world.rnd('way to the mail server');

  function fateOf(): Fate {
    if (rnd.chance(faults.chargeLost)) return rnd.chance(0.5) ? 'request-lost' : 'late';
    return rnd.chance(faults.chargeAnswerLost) ? 'answer-lost' : 'ok';
  }

  async function send(
    message: Omit<TakenMessage, 'sender' | 'begunMs' | 'answeredMs'>,
  ): Promise<SendOutcome> {
    const { channel, to } = message;
    const begunMs = world.now;
    const arrive = async (): Promise<TakenMessage | undefined> => {
      if (mail.isAway() || to.startsWith(NOBODY)) return undefined;
      const taken = { ...message, sender, begunMs, answeredMs: undefined };
      mail.take(taken);
      return taken;
    };
    let taken: TakenMessage | undefined;
    try {
      taken = await line.call(`${channel} server`, arrive, fateOf());
    } catch {
      return failed('retry', 'smtp_timeout');
    }
    if (taken) {
      taken.answeredMs = world.now;
      return { outcome: 'accepted' };
    }
    return to.startsWith(NOBODY)
      ? failed('permanent', 'smtp_5.1.1')
      : { ...failed('retry', 'smtp_unreachable'), unreachable: true };
  }

  return {
    email: {
      send: ({ to, subject, text, messageId: key, headers }) =>
        send({
          ...{ channel: 'email', to, key, text: `${subject}\n${text}` },
          reference: headers['X-Tillstream-Delivery'] ?? '',
          optOutUrl: headers['List-Unsubscribe']?.replace(/^<|>$/g, ''),
        }),
      close: () => Promise.resolve(),
    },
    sms: { send: (message) => send({ ...message, channel: 'sms', optOutUrl: undefined }) },
    webhooks: {
      send: ({ endpoint: to, body: text, key, reference }) =>
        send({ channel: 'webhook', to, text, key, reference, optOutUrl: undefined }),
    },
    signedWebhooks: {
      post({ url: to, body: text, key, reference, secrets: signedWith }) {
        // A receiver that is there can have faults of its own.
        if (rnd.chance(faults.chargeLost)) {
          return Promise.resolve(failed('retry', 'webhook_500'));
        }
        const message = { to, text, key, reference, signedWith, optOutUrl: undefined };
        return send({ ...message, channel: 'subscription' });
      },
    },
  };
}

const failed = (failureClass: 'retry' | 'permanent', code: string) => {
  const reason = 'The server of the world did not take the message.';
  return { outcome: 'failed', failureClass, code, reason } as const;
};
