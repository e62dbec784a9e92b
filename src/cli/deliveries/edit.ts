import { randomUUID } from 'node:crypto';

import { omitUndefined } from '../../lib/omit-undefined.ts';
import { rejection } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { readBody } from '../read-api.ts';
import type { DeliveriesOptions } from './operations.ts';

/** What is corrected. What is absent stays as it is. */
export interface Correction {
  readonly recipient?: string | undefined;
  readonly subject?: string | undefined;
  readonly text?: string | undefined;
}

type Content = Readonly<Record<string, unknown>>;

/**
 * Corrects a parked message and sends it again.
 * @throws CliError when nothing is corrected, or the message has no subject. @throws ServerError
 */
export async function editDelivery(
  { client, json, out }: DeliveriesOptions,
  id: string,
  { recipient, subject, text }: Correction,
): Promise<void> {
  const given = omitUndefined({ recipient, subject, text });
  if (Object.keys(given).length === 0) {
    throw new CliError('expected --recipient, --subject or --text-file, found nothing to correct');
  }
  const path = `/deliveries/${encodeURIComponent(id)}`;
  const changes = omitUndefined({ subject, text });
  const isContent = Object.keys(changes).length > 0;
  const { content } = isContent ? await readBody(client, path) : { content: undefined };
  const corrected = isContent && correctedContent(content as Content, changes);
  const body = { ...omitUndefined({ recipient }), ...(corrected && { content: corrected }) };
  const response = await client.post(`${path}/resend`, { key: randomUUID(), body });
  if (response.status >= 300) throw rejection(response);
  const { state } = response.body as { readonly state: string };
  out(json ? `${JSON.stringify(response.body)}\n` : `${id}: ${state}\n`);
}

/** The HTML of an e-mail would still say what was corrected, so its text is sent alone. */
function correctedContent({ html: _html, ...content }: Content, changes: Content): Content {
  if ('subject' in changes && !('subject' in content)) {
    throw new CliError('expected an e-mail for --subject, found a message without a subject');
  }
  return { ...content, ...changes };
}
