import { type Static, Type } from '@sinclair/typebox';

import { OUTCOMES, SEVERITIES } from '../../domain/kernel/audit.ts';
import { oneOf, strict } from '../../domain/kernel/schema.ts';

const text = Type.String();
const Fields = (description: string) =>
  Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], { description });

/** Who did what to which entity, from where, with which result. */
export const AuditRecordSchema = strict(
  {
    eventId: Type.String({
      description: '`evt_<ms>_<9 characters>`, from the time and the event.',
    }),
    position: Type.String({ description: 'Position of the event in the log.' }),
    timestamp: Type.String({ description: 'When it was recorded, UTC.' }),
    userId: Type.String({ description: 'The user, key, device, process or operator.' }),
    userKind: text,
    action: Type.String({ description: 'The type of the event, or of the refused command.' }),
    resource: Type.String({ description: '`<kind>/<id>`, such as `order/7f3a`.' }),
    summary: Type.String({ description: 'The action in one sentence.' }),
    before: Fields('Values of the changed fields before; `null`: there was nothing, or no change.'),
    after: Fields('Values of the changed fields afterwards; `null`: nothing changed.'),
    omitted: Type.Optional(
      Type.Literal(true, {
        description:
          'Before and after are left out: the page had too much to read. Ask with a smaller limit.',
      }),
    ),
    severity: oneOf(SEVERITIES),
    outcome: oneOf(OUTCOMES),
    metadata: strict({
      requestId: Type.String({ description: 'The `X-Correlation-Id` of the request.' }),
      commandId: text,
      deviceId: Type.Optional(text),
      ipAddress: Type.Optional(
        Type.String({ description: 'Network address of the caller, while its key is kept.' }),
      ),
      userAgent: Type.Optional(Type.String({ description: 'The program of the caller.' })),
      sessionId: Type.Optional(Type.String({ description: 'The session of a user.' })),
    }),
  },
  { $id: 'AuditRecord' },
);

export type AuditRecord = Static<typeof AuditRecordSchema>;

/**
 * What the read model keeps of an event that matters for security, for queries. The record itself
 * is always made from the log.
 */
export interface AuditEntry {
  readonly position: string;
  readonly at: string;
  readonly severity: string;
  readonly outcome: string;
  readonly userId: string;
  readonly action: string;
  readonly resource: string;
}
