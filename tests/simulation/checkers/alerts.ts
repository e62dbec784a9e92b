import { ALERT_RULES, type AlertRules } from '../../../src/domain/alerts/index.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf } from '../../../src/domain/kernel/names.ts';
import { ALERT_CONTACTS } from '../nodes/mail.ts';
import type { CreateChecker } from './checker.ts';

const CLEAR_AFTER_MS = 20_000;

/** The rules of the product, at the pace of a world that lasts for minutes. */
export const SIM_ALERT_RULES = Object.fromEntries(
  Object.entries(ALERT_RULES).map(([name, rule]) => [
    name,
    {
      ...rule,
      raiseAfterMs: 0,
      clearAfterMs: CLEAR_AFTER_MS,
      maxClearAfterMs: CLEAR_AFTER_MS,
      escalateAfterMs: [60_000],
    },
  ]),
) as unknown as AlertRules;

/** The alerts that are open in a log, by stream. */
export function openAlerts(recorded: readonly RecordedEvent[]): readonly string[] {
  const open = new Set<string>();
  for (const { stream, type } of recorded) {
    if (type === 'AlertRaised') open.add(stream);
    if (type === 'AlertResolved') open.delete(stream);
  }
  return [...open];
}

/** Rules of alerts: one open case per rule and subject, no flood, and none without its cause. */
export const alertRules: CreateChecker = ({ servers }, fail) => {
  /** When each open alert was raised. */
  const raisedMs = new Map<string, number>();
  let seen = 0;

  function check({ stream, type, data, recordedAt }: RecordedEvent): void {
    const since = raisedMs.get(stream);
    const atMs = Date.parse(recordedAt);
    if (type === 'AlertRaised') {
      if (since !== undefined) fail('one-alert', `${stream} was raised while it was open`);
      raisedMs.set(stream, atMs);
    }
    if (type !== 'AlertResolved') return;
    if (since === undefined) fail('one-alert', `${stream} was resolved while it was not open`);
    raisedMs.delete(stream);
    const { reason } = data as { readonly reason: string };
    const lastedMs = atMs - (since ?? 0);
    if (reason === 'cleared' && lastedMs < CLEAR_AFTER_MS) {
      fail('no-alert-flood', `${stream} was resolved after ${lastedMs} ms`);
    }
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) {
        const event = servers.recorded[seen] as RecordedEvent;
        if (categoryOf(event.stream) === 'alert') check(event);
      }
    },
  };
};

/** Messages about an alert: its raise reaches each contact, and by each channel once. */
export const alertMessageRules: CreateChecker = ({ servers }, fail) => {
  /** Messages that were requested, by the event that caused them. */
  const requested = new Map<string, string[]>();
  let seen = 0;

  function note({ type, data, metadata }: RecordedEvent): void {
    if (type !== 'DeliveryRequested') return;
    const { topic, channel } = data as { readonly topic?: string; readonly channel: string };
    if (topic !== 'alert') return;
    const { causationId } = metadata;
    const before = requested.get(causationId) ?? [];
    if (before.includes(channel)) fail('alert-once', `${causationId} caused two by ${channel}`);
    requested.set(causationId, [...before, channel]);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      const unannounced = unannouncedAlert(servers.recorded);
      if (unannounced !== undefined) fail('alert-reaches-contact', unannounced);
    },
  };
};

/** The stream of an alert of which no contact was notified, in words; undefined when none is. */
export function unannouncedAlert(recorded: readonly RecordedEvent[]): string | undefined {
  const causes = new Set<string>();
  for (const { type, data, metadata } of recorded) {
    // An e-mail address can bounce, which a webhook does not.
    const webhook = (data as { readonly channel?: string }).channel === 'webhook';
    if (type === 'DeliveryRequested' && webhook) causes.add(metadata.causationId);
  }
  const missed = recorded.find(({ id, type, data }) => {
    if (type !== 'AlertRaised' || causes.has(id)) return false;
    const { rule } = data as { readonly rule: string };
    return ALERT_CONTACTS.some(({ rules }) => rules?.includes(rule) ?? true);
  });
  return missed && `no contact was notified of ${missed.stream}`;
}
