import { Type } from '@sinclair/typebox';

import { type CommandOf, defineCommands } from '../kernel/define-commands.ts';
import { Id, Note, oneOf, optional, strict, Text } from '../kernel/schema.ts';
import { MAX_ESCALATION_LEVEL, SEVERITIES } from './events.ts';

export const alertCommands = defineCommands({
  RaiseAlert: strict({
    rule: Id,
    subject: Id,
    title: Text,
    severity: oneOf(SEVERITIES),
    value: Type.Number(),
    threshold: Type.Number(),
    unit: Text,
    detail: Note,
    runbook: Text,
  }),
  EscalateAlert: strict({ level: Type.Integer({ minimum: 1, maximum: MAX_ESCALATION_LEVEL }) }),
  ClearAlert: strict({}),
  AcknowledgeAlert: strict({ note: optional(Text) }),
  ResolveAlert: strict({ note: optional(Text) }),
});

export type AlertCommand = CommandOf<typeof alertCommands>;
