import { optOutRoutes } from '../api/routes/notifications/opt-out.ts';
import { preferenceRoutes } from '../api/routes/notifications/preferences.ts';
import { sendRoutes } from '../api/routes/notifications/send.ts';
import { templateRoutes } from '../api/routes/notifications/templates.ts';
import {
  recipientDecider,
  type RecipientEvent,
  recipientEvents,
  templateDecider,
  type TemplateEvent,
  templateEvents,
} from '../domain/notifications/index.ts';
import { deliveryReports } from '../processes/notifications/delivery-reports.ts';
import {
  describeRecipientEvent,
  describeTemplateEvent,
} from '../projections/notifications/describe.ts';
import { notificationPreferences } from '../projections/notifications/preferences/projection.ts';
import { templateVersions } from '../projections/notifications/templates/projection.ts';
import { defineFeature } from './feature.ts';

export const notifications = defineFeature({
  name: 'notifications',
  deciders: [recipientDecider, templateDecider],
  events: {
    definitions: { ...recipientEvents.definitions, ...templateEvents.definitions },
    types: [...recipientEvents.types, ...templateEvents.types],
  },
  projections: [notificationPreferences, templateVersions],
  documents: {
    'notification-preferences': "A person's choices: `GET /notification-preferences`.",
    'notification-templates': 'A version of a template: `GET /notification-templates`.',
  },
  processes: [deliveryReports],
  routes: [...sendRoutes, ...preferenceRoutes, ...templateRoutes, ...optOutRoutes],
  descriptions: [
    { category: 'recipient', describe: (event) => describeRecipientEvent(event as RecipientEvent) },
    { category: 'template', describe: (event) => describeTemplateEvent(event as TemplateEvent) },
  ],
});
