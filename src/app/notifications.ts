import { createNotifier, type Notifier } from '../commands/notifications/notify.ts';
import { createOptOutLinks, type OptOutLinks } from '../commands/notifications/opt-out-links.ts';
import type { EventTypes } from '../domain/kernel/event-types.ts';
import type { CommandEngine } from '../engine/commands/command-engine.ts';
import { createStateReader } from '../engine/commands/state-reader.ts';
import type { FairTurns } from '../lib/fair-turns.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { TemplateRenderer } from '../ports/template-renderer.ts';
import type { AppOptions } from './options.ts';

export interface NotificationsOptions extends Pick<AppOptions, 'ports' | 'shops' | 'publicUrl'> {
  readonly log: EventLog;
  readonly types: EventTypes;
  readonly turns: FairTurns;
  readonly commands: CommandEngine;
}

export interface Notifications {
  readonly notifier: Notifier;
  readonly links: OptOutLinks;
  readonly renderer: TemplateRenderer;
}

export function createNotifications(options: NotificationsOptions): Notifications {
  const { ports, shops, publicUrl = '', log, types, turns, commands } = options;
  const { renderer } = ports;
  const links = createOptOutLinks({ ...ports, publicUrl });
  const states = createStateReader({ log, types, turns });
  const notifier = createNotifier({ ...ports, commands, states, links, shops });
  return { notifier, links, renderer };
}
