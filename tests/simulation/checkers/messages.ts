import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf, streamName } from '../../../src/domain/kernel/names.ts';
import type { TakenMessage } from '../nodes/mail.ts';
import type { CreateChecker, Fail } from './checker.ts';

/** Messages of one channel that a person gets within a day; alerts do not count. */
const DAILY = { email: 20, sms: 5 } as const;
const DAY_MS = 86_400_000;
const ALWAYS = 'alert';

type Channel = keyof typeof DAILY;

interface Decided {
  readonly personId: string;
  readonly topic: string;
  readonly channels: readonly Channel[];
  readonly decidedAt: string;
}

/** Rules of messages: each is sent once, none is lost, and none is unwanted. */
export const messageRules: CreateChecker = ({ servers, correspondent }, fail) => {
  const { taken } = servers.mail;
  const people = createPeopleBooks(fail);
  const succeeded = new Set<string>();
  const requested = new Set<string>();
  const byReference = new Map<string, TakenMessage[]>();
  let [seenEvents, seenMessages] = [0, 0];

  function note(event: RecordedEvent): void {
    if (categoryOf(event.stream) === 'recipient') people.note(event);
    if (event.type === 'DeliveryRequested') requested.add(event.stream);
    if (event.type === 'DeliverySucceeded' && !isOfBooks(event)) succeeded.add(event.stream);
  }

  function check(message: TakenMessage): void {
    const { reference, channel, text, key, begunMs } = message;
    const before = byReference.get(reference) ?? [];
    byReference.set(reference, [...before, message]);
    const other = before.find((each) => each.key !== key);
    if (other) fail('sent-once', `${reference} was sent with the keys ${key} and ${other.key}`);
    // One that arrives late was begun before its sender got the answer to another attempt.
    const known = before.find(
      ({ answeredMs = Infinity, sender }) => answeredMs < begunMs && sender.alive,
    );
    if (known) fail('sent-once', `${reference} was sent again by a sender that lives`);
    const unwanted = correspondent.unwanted.find(
      (each) => each.channel === channel && text.includes(each.word),
    );
    if (unwanted) fail('opted-out', `${reference} with ${unwanted.word} was not wanted`);
  }

  const streamOf = (reference: string) => {
    const at = reference.indexOf('.');
    return streamName('delivery', reference.slice(0, at), reference.slice(at + 1));
  };

  return {
    onStep() {
      for (; seenEvents < servers.recorded.length; seenEvents++) {
        note(servers.recorded[seenEvents] as RecordedEvent);
      }
      for (; seenMessages < taken.length; seenMessages++) {
        check(taken[seenMessages] as TakenMessage);
      }
    },
    atEnd() {
      for (const id of correspondent.promised) {
        const stream = streamName('delivery', correspondent.shop, id);
        if (!requested.has(stream)) fail('message-kept', `${stream} was promised and is lost`);
      }
      const sent = new Set([...byReference.keys()].map(streamOf));
      for (const stream of succeeded) {
        if (!sent.has(stream)) fail('message-kept', `${stream} is said to be sent and was not`);
      }
    },
  };
};

/** Documents for the books have a witness of their own. */
const isOfBooks = ({ stream }: RecordedEvent) => /\.(receipt|refund|correction)%3A/.test(stream);

/** What each person has chosen, got and lost, from the events alone. */
function createPeopleBooks(fail: Fail) {
  const bouncing = new Set<string>();
  const decided = new Map<string, number[]>();

  function checkDecision(stream: string, { topic, channels, decidedAt }: Decided): void {
    for (const channel of channels) {
      const name = `${stream} ${channel}`;
      if (bouncing.has(name)) fail('bounced', `${name} gets ${topic} after a bounce`);
      if (topic === ALWAYS) continue;
      const nowMs = Date.parse(decidedAt);
      const recent = (decided.get(name) ?? []).filter((at) => nowMs - at < DAY_MS);
      decided.set(name, [...recent, nowMs]);
      if (recent.length < DAILY[channel]) continue;
      fail('daily-limit', `${name} gets message ${recent.length + 1} of a day`);
    }
  }

  return {
    note({ stream, type, data }: RecordedEvent): void {
      if (type === 'NotificationDecided') checkDecision(stream, data as Decided);
      const { channel } = data as { readonly channel: Channel };
      if (type === 'AddressBounced') bouncing.add(`${stream} ${channel}`);
      if (type === 'AddressRestored') bouncing.delete(`${stream} ${channel}`);
    },
  };
}

/** After these, the next message about the same thing has its turn. */
const ENDS: ReadonlySet<string> = new Set([
  'DeliverySucceeded',
  'DeliveryParked',
  'DeliveryExpired',
  'DeliveryCancelled',
  'DeliveryErased',
]);

/**
 * A message that no server has tried to send yet. One that waits for another message about the same
 * thing, which was tried and is tried again later, is in order.
 */
export function untriedMessage(recorded: readonly RecordedEvent[]): string | undefined {
  const untried = new Map<string, string>();
  /** Messages that are to be sent, by what they are about, in their order. */
  const lines = new Map<string, string[]>();
  const lineOf = new Map<string, string>();
  for (const { stream, type, data, metadata } of recorded) {
    if (type === 'DeliveryRequested') {
      const { channel, orderKey } = data as {
        readonly channel: string;
        readonly orderKey?: string;
      };
      const line = `${metadata.storeId} ${channel} ${orderKey ?? stream}`;
      lines.set(line, [...(lines.get(line) ?? []), stream]);
      lineOf.set(stream, line);
      untried.set(stream, line);
    }
    if (type === 'DeliveryAttempted') untried.delete(stream);
    const line = lineOf.get(stream);
    if (line === undefined || !ENDS.has(type)) continue;
    untried.delete(stream);
    lines.set(
      line,
      (lines.get(line) ?? []).filter((each) => each !== stream),
    );
  }
  for (const [stream, line] of untried) {
    if (lines.get(line)?.[0] === stream) return `${stream} was not tried`;
  }
  return undefined;
}
