import { type ErrorRow, row } from './error-row.ts';

/** Errors of connections with providers; a part of the one table of errors. */
export const INTEGRATION_ERRORS = {
  oauth_not_configured: row(
    'precondition',
    'No app at that provider',
    'Set `OAUTH_APPS` and `PUBLIC_URL`, or connect with an access token.',
  ),
  authorization_not_valid: row(
    'malformed',
    'The authorization is not valid',
    'It serves once, within ten minutes. Begin again with `POST /integrations/{provider}/authorize`.',
  ),
  integration_not_found: row(
    'unknown',
    'Integration not found',
    'This shop has never been connected with that provider. Connect it first.',
  ),
  integration_disconnected: row(
    'refused',
    'The integration is disconnected',
    'Its credentials were removed. Connect it again.',
  ),
  integration_paused: row(
    'refused',
    'The integration is paused',
    'Resume it, or leave it as it is.',
  ),
  integration_not_paused: row(
    'refused',
    'The integration is not paused',
    'Only a paused integration can be resumed.',
  ),
  webhook_subscription_not_found: row(
    'unknown',
    'Webhook subscription not found',
    '`GET /webhook-subscriptions` lists those of the shop. This one was removed, or never there.',
  ),
  webhook_subscription_exists: row(
    'refused',
    'There is a webhook subscription with that id',
    'Change it, or send another `Idempotency-Key`.',
  ),
  too_many_webhook_subscriptions: row(
    'refused',
    'The shop has too many webhook subscriptions',
    'A shop can have 20. One subscription can follow any number of events; remove one that is not used.',
  ),
  field_mappings_not_found: row(
    'unknown',
    'There is no field mapping',
    'Set one, or apply a template. Without one, values go out unchanged.',
  ),
  field_mappings_invalid: row(
    'refused',
    'The field mapping is not valid',
    '`details.faults` lists all that is wrong. `GET /integrations/{provider}/fields` lists the fields, and those that are required.',
  ),
  no_earlier_field_mappings: row(
    'refused',
    'There is no earlier field mapping',
    'The last 20 versions can be taken back. Set the mapping again.',
  ),
  mapping_template_not_found: row(
    'unknown',
    'Mapping template not found',
    '`GET /integrations/{provider}/templates` lists the templates.',
  ),
  mapping_template_exists: row(
    'refused',
    'There is a mapping template of that name',
    'Choose another name.',
  ),
  too_many_mapping_templates: row(
    'refused',
    'The shop has too many mapping templates for the provider',
    'A shop can have 50 of its own for each provider. Use one of them.',
  ),
  books_mapping_not_found: row(
    'unknown',
    'There is no mapping to the books',
    'Set the role `item`, the fallback, first: `PUT /integrations/{booksProvider}/books/targets`.',
  ),
  books_target_not_found: row(
    'unknown',
    'It has no target in the books',
    '`GET /integrations/{booksProvider}/books` lists the targets. It goes to the fallback already.',
  ),
  unknown_books_role: row(
    'refused',
    'There is no role of that name in the books',
    'Use one of the roles that the message lists.',
  ),
  too_many_books_targets: row(
    'refused',
    'The shop has too many targets in the books',
    'A shop can have 3,000. Map a role for all modifiers, taxes or service charges instead.',
  ),
  too_many_days: row(
    'malformed',
    'The comparison has too many days',
    'Compare at most 31 days at once.',
  ),
  sale_not_found_at_provider: row(
    'unknown',
    'The provider has no such sale',
    'Check the id, and whether the shop is connected with the right account.',
  ),
  provider_not_readable: row(
    'unavailable',
    'The provider could not be read',
    '`details.code` says why. Nothing was changed; try again later, or connect it again.',
  ),
} as const satisfies Record<string, ErrorRow>;
