import { shortHash } from '../../../src/domain/kernel/fingerprint.ts';
import { formatInstant, instantMs } from '../../../src/domain/kernel/instant.ts';
import {
  type RecipientCommand,
  recipientDecider,
  type RecipientEvent,
} from '../../../src/domain/notifications/index.ts';
import { CONTEXT, fold, given } from '../../support/decider.ts';

const DAY_MS = 86_400_000;
const EMAIL = 'marta@example.org';

const decided = (
  events: readonly RecipientEvent[],
  command: RecipientCommand,
  afterMs = 0,
): readonly RecipientEvent[] =>
  recipientDecider.decide(command, fold(recipientDecider, events), {
    ...CONTEXT,
    now: formatInstant(instantMs(CONTEXT.now) + afterMs),
  });

const choose = (allowed: boolean): RecipientCommand => ({
  type: 'ChangePreferences',
  data: { via: 'link', choices: [{ topic: 'welcome', channel: 'email', allowed }] },
});
const welcome = (email = EMAIL, more: object = {}): RecipientCommand => ({
  type: 'DecideNotification',
  data: { topic: 'welcome', email, ...more },
});
const suppressedIn = ([event]: readonly RecipientEvent[]) =>
  event?.type === 'NotificationDecided'
    ? event.data.suppressed.map(({ reason }) => reason)
    : undefined;

describe('A person who is notified', () => {
  it('opts out once, however often the link is followed, and again after having opted in', () => {
    const out = decided([], choose(false));
    expect(out).toHaveLength(1);
    given(recipientDecider, out).when(choose(false)).then([]);
    const back = decided(out, choose(true));
    expect(decided([...out, ...back], choose(false))).toEqual(out);
  });

  it('is asked for something when its preferences are changed', () => {
    const nothing: RecipientCommand = { type: 'ChangePreferences', data: { via: 'staff' } };
    expect(() => decided([], nothing)).toThrow('expected a language or choices, found neither');
  });

  it('has one event a day for the same notifications that are not sent', () => {
    const out = decided([], choose(false));
    const first = decided(out, welcome());
    expect(suppressedIn(first)).toEqual(['opted_out']);
    expect(decided([...out, ...first], welcome(), DAY_MS - 1)).toEqual([]);
    expect(decided([...out, ...first], welcome(), DAY_MS)).toHaveLength(1);
    // A caller who waits gets the same response for the same key.
    const asked = welcome(EMAIL, { contentHash: 'a'.repeat(11) });
    expect(suppressedIn(decided([...out, ...first], asked))).toEqual(['opted_out']);
  });

  it('gets nothing at an address that bounces, in any case of letters, and all at another', () => {
    const report: RecipientCommand = {
      type: 'ReportBounce',
      data: { channel: 'email', address: EMAIL, deliveryId: 'd-1' },
    };
    const bounced = decided([], report);
    expect(bounced).toMatchObject([{ data: { personal: { address: EMAIL } } }]);
    expect(decided(bounced, report)).toEqual([]);
    expect(suppressedIn(decided(bounced, welcome('Marta@Example.org')))).toEqual(['bouncing']);
    expect(suppressedIn(decided(bounced, welcome('ana@example.org')))).toEqual([]);
  });

  it('gets nothing at an address that is known by its hash only', () => {
    const addressHash = `${shortHash(EMAIL)}${shortHash(`:${EMAIL}`)}`;
    const bounced: RecipientEvent = {
      type: 'AddressBounced',
      data: { personId: 'entity-1', channel: 'email', deliveryId: 'd-1', addressHash },
    };
    expect(suppressedIn(decided([bounced], welcome()))).toEqual(['bouncing']);
  });

  it('gets nothing any more after the erasure, not even an alert', () => {
    const erase: RecipientCommand = { type: 'EraseRecipient', data: { reason: 'asked for' } };
    const erased = decided([], erase);
    expect(decided(erased, erase)).toEqual([]);
    const alert: RecipientCommand = {
      type: 'DecideNotification',
      data: { topic: 'alert', email: EMAIL },
    };
    expect(suppressedIn(decided(erased, alert))).toEqual(['erased']);
    const report: RecipientCommand = {
      type: 'ReportBounce',
      data: { channel: 'email', address: EMAIL, deliveryId: 'd-1' },
    };
    expect(decided(erased, report)).toEqual([]);
  });
});
