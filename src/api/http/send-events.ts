import { once } from 'node:events';

import type { Response } from 'express';

/** One server-sent event, or a comment that keeps the connection open. */
export type SentEvent =
  | { readonly id: string; readonly event: string; readonly data: unknown }
  | { readonly comment: string };

function textOf(sent: SentEvent): string {
  if ('comment' in sent) return `: ${sent.comment}\n\n`;
  // JSON has no line feeds of its own, so the data is one line.
  return `id: ${sent.id}\nevent: ${sent.event}\ndata: ${JSON.stringify(sent.data)}\n\n`;
}

/**
 * Sends server-sent events until there are no more, or the caller is gone. The next one is only
 * asked for when the connection has taken the one before.
 */
export async function sendEvents(res: Response, events: AsyncIterable<SentEvent>): Promise<void> {
  let hasBegun = false;
  try {
    for await (const sent of events) {
      if (res.destroyed) return;
      if (!hasBegun) begin(res);
      hasBegun = true;
      if (res.write(textOf(sent))) continue;
      await Promise.race([once(res, 'drain'), once(res, 'close')]);
    }
  } catch (error) {
    if (!hasBegun) throw error;
    // The status was sent already: an end without a last chunk is all that can be said.
    res.destroy();
    return;
  }
  res.end();
}

function begin(res: Response): void {
  res.statusCode = 200;
  res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  res.setHeader('Cache-Control', 'no-store');
  // Proxies that collect responses would hold back the events.
  res.setHeader('X-Accel-Buffering', 'no');
}
