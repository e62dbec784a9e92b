import { systemDigest } from '../../../src/adapters/system/digest.ts';
import { NOBODY, PUBLIC_URL, REPORT_SECRET, type TakenMessage } from '../nodes/mail.ts';
import { keyOf, markOf } from '../nodes/shops.ts';
import { bodyOf } from './history.ts';
import { createRequests, type RequestsOptions } from './requests.ts';

/** In the other worlds nobody is notified on request. */
const CHANCE = 0.4;
const ACTS = 36;
const THINK_MS = 150;
const TOPICS = ['order-confirmation', 'shipping-update', 'welcome', 'alert', 'marketing'] as const;
const CHANNELS = ['email', 'sms'] as const;
type Channel = (typeof CHANNELS)[number];

/** Somebody who is notified, with what is known of the choices. */
interface Addressee {
  readonly personId: string;
  readonly contact: { readonly name: string; readonly email: string; readonly phone: string };
  /** Channels of which it was acknowledged that no more marketing comes by them. */
  readonly optedOut: Set<Channel>;
}

/** A message that must not be sent: by this channel, with this word in it. */
export interface Unwanted {
  readonly channel: Channel;
  readonly word: string;
}

export interface Correspondent {
  readonly shop: string;
  /** Deliveries that were acknowledged. */
  readonly promised: readonly string[];
  readonly unwanted: readonly Unwanted[];
  work(): Promise<void>;
}

interface CorrespondentOptions extends Omit<RequestsOptions, 'name'> {
  readonly shop: string;
  readonly taken: readonly TakenMessage[];
}

/** A manager who notifies people, some of whom opt out or have addresses that do not work. */
export function createCorrespondent(options: CorrespondentOptions): Correspondent {
  const { conditions, shop, taken } = options;
  const { world } = conditions;
  const { rnd, ask, insist, pause } = createRequests({ ...options, name: 'correspondent' });
  const manager = keyOf(shop, 'manager');
  const promised: string[] = [];
  const unwanted: Unwanted[] = [];
  const reported = new Set<string>();
  let sent = 0;

  const people = ['ana', 'marta', NOBODY].map((name): Addressee => ({
    personId: `person-${name}`,
    contact: { name: markOf(shop), email: `${name}@${shop}.example`, phone: '+34612345678' },
    optedOut: new Set(),
  }));

  async function notify({ personId, contact, optedOut }: Addressee): Promise<void> {
    const topic = rnd.pick(TOPICS);
    const word = `word-${sent++}-end`;
    if (topic === 'marketing') {
      for (const channel of optedOut) unwanted.push({ channel, word });
    }
    const variables = { title: word, details: word, orderNumber: word, total: '1' };
    const body = { topic, personId, contact, variables: { ...variables, trackingNumber: '1' } };
    const answer = await insist('POST', '/notifications', manager, body);
    if (answer?.status !== 202) return;
    const { deliveries } = bodyOf(answer) as { deliveries: { deliveryId: string }[] };
    promised.push(...deliveries.map(({ deliveryId }) => deliveryId));
  }

  async function choose(addressee: Addressee, allowed: boolean): Promise<void> {
    const { personId, optedOut } = addressee;
    const choices = CHANNELS.map((channel) => ({ topic: 'marketing', channel, allowed }));
    if (allowed) optedOut.clear();
    const url = '/notification-preferences';
    const answer = await insist('POST', url, manager, { personId, choices });
    if (answer?.status === 200 && !allowed) CHANNELS.forEach((channel) => optedOut.add(channel));
  }

  /** By the link of a message that came. */
  async function follow({ contact, optedOut }: Addressee): Promise<void> {
    const message = taken.findLast(
      ({ to, optOutUrl }) => to === contact.email && optOutUrl?.includes('.marketing.'),
    );
    const path = message?.optOutUrl?.slice(PUBLIC_URL.length);
    if (path === undefined) return;
    const answer = await ask('POST', path);
    if (answer?.status === 200) optedOut.add('email');
  }

  /** As the provider does, some reports more than once. */
  async function report(): Promise<void> {
    const message = taken.length > 0 ? rnd.pick(taken) : undefined;
    if (!message) return;
    const event = rnd.chance(0.3) ? 'bounced' : 'delivered';
    const { reference } = message;
    const reportId = `report-${reference}`;
    if (reported.has(reportId)) return;
    const at = new Date(world.startedAt + world.now).toISOString();
    const signature = systemDigest.hmacSha256(
      REPORT_SECRET,
      [at, reference, event, reportId].join('.'),
    );
    const body = { at, reference, event, reportId, signature };
    const answer = await ask('POST', '/delivery-reports', undefined, body);
    if (answer?.status === 200) reported.add(reportId);
  }

  return {
    shop,
    promised,
    unwanted,
    async work() {
      if (!rnd.chance(CHANCE)) return;
      for (const person of people) if (rnd.chance(0.7)) await choose(person, true);
      for (let i = 0; i < ACTS; i++) {
        await pause(THINK_MS);
        const what = rnd.below(12);
        const person = rnd.pick(people);
        if (what < 8) await notify(person);
        else if (what < 9) await choose(person, rnd.chance(0.3));
        else if (what < 10) await follow(person);
        else await report();
      }
    },
  };
}
