import { createNotifier, type Notifier } from '../commands/notifications/notify.ts';
import { createOptOutLinks, type OptOutLinks } from '../commands/notifications/opt-out-links.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import type { ProcessManager } from '../engine/processes/process-manager.ts';
import type { TemplateRenderer } from '../ports/template-renderer.ts';
import { alertMessages } from '../processes/alerts/alert-messages.ts';
import { debtReminders } from '../processes/notifications/debt-reminders.ts';
import { eventNotifications } from '../processes/notifications/event-notifications.ts';
import type { AppOptions } from './options.ts';

export interface NotificationsOptions extends Pick<AppOptions, 'ports' | 'shops' | 'publicUrl'> {
  readonly commands: CommandEngine;
}

export interface Notifications {
  readonly notifier: Notifier;
  readonly links: OptOutLinks;
  readonly renderer: TemplateRenderer;
}

/** The processes that notify people and systems; none for a system without the feature. */
export function notifyingProcesses(
  { features, alertContacts = [], ports }: Pick<AppOptions, 'features' | 'alertContacts' | 'ports'>,
  { notifier }: Pick<Notifications, 'notifier'>,
): readonly ProcessManager[] {
  const isPresent = (feature: string) => features.some(({ name }) => name === feature);
  if (!isPresent('notifications')) return [];
  const notifying = [eventNotifications(notifier), debtReminders(notifier)];
  if (!isPresent('alerts') || alertContacts.length === 0) return notifying;
  const { digest } = ports;
  return [...notifying, alertMessages({ contacts: alertContacts, notifier, digest })];
}

export function createNotifications(options: NotificationsOptions): Notifications {
  const { ports, shops, publicUrl = '', commands } = options;
  const { renderer } = ports;
  const links = createOptOutLinks({ ...ports, publicUrl });
  const notifier = createNotifier({ ...ports, commands, links, shops });
  return { notifier, links, renderer };
}
