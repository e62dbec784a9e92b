import { Type } from '@sinclair/typebox';

import { commandRecipient } from '../../../commands/notifications/recipients.ts';
import { NotFoundError } from '../../../domain/kernel/errors.ts';
import type { Sequence } from '../../../engine/commands/sequence.ts';
import { type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { TokenParams } from './schemas.ts';
import { tag } from './send.ts';

const HTML = 'text/html; charset=utf-8';

/** A page without scripts and styles, in both languages: it does not know the reader's. */
function pageOf(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><h1>${title}</h1>${content}</body></html>`;
}

const ASK = pageOf(
  'Unsubscribe / Cancelar',
  '<form method="post"><p>You will get no more messages of this kind.<br>No recibirás más mensajes de este tipo.</p><button>Unsubscribe / Cancelar</button></form>',
);
const DONE = pageOf(
  'Unsubscribed / Cancelado',
  '<p>You will get no more messages of this kind.<br>No recibirás más mensajes de este tipo.</p>',
);

async function read({ links }: Services, token: string) {
  const optOut = await links.read(token);
  if (optOut) return optOut;
  throw new NotFoundError('opt_out_link_invalid', 'expected the link of a message');
}

const shared = {
  path: '/opt-out/:token',
  tag,
  permission: 'public',
  params: TokenParams,
  status: 200,
  response: Type.String(),
  produces: 'text/html',
  write: false,
  errors: ['opt_out_link_invalid'],
} as const;

/** For people without a login: the token is signed and names one person, topic and channel. */
export const optOutRoutes: readonly Route[] = [
  route({
    ...shared,
    method: 'get',
    operationId: 'askToOptOut',
    summary: 'The page of the link in a message; it changes nothing',
    async handle({ params: { token } }, services) {
      await read(services, token);
      return { status: 200, body: ASK, contentType: HTML };
    },
  }),
  route({
    ...shared,
    method: 'post',
    operationId: 'optOut',
    summary: 'Opt out of messages, by one click (RFC 8058)',
    ignoresBody: true,
    async handle({ params: { token }, correlationId, origin }, services) {
      const { storeId, personId, topic, channel } = await read(services, token);
      const nowMs = services.clock.now();
      const { commands, clock } = services;
      const sequence: Sequence = {
        ...{ commands, clock },
        // Each click is decided: a repeat changes nothing, unless the person has opted in again.
        commandId: `opt-out-${services.ids.uuid()}`,
        context: {
          storeId,
          now: new Date(nowMs).toISOString(),
          businessDay: services.calendar.businessDay(storeId, nowMs),
        },
        envelope: {
          actor: { kind: 'system', id: 'opt-out-link' },
          correlationId,
          causationId: correlationId,
          origin,
        },
      };
      await commandRecipient(sequence, personId, {
        type: 'ChangePreferences',
        data: { via: 'link', choices: [{ topic, channel, allowed: false }] },
      });
      return { status: 200, body: DONE, contentType: HTML };
    },
  }),
];
