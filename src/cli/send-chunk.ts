import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type ApiClient, type ApiResponse, rejection, ServerError } from './api-client.ts';

const MAX_ATTEMPTS = 5;
/** Between attempts, by default. */
export const CHUNK_PAUSE_MS = 500;

export interface Chunk {
  /** Path of the import. */
  readonly path: string;
  readonly body: unknown;
}

/**
 * Sends a part of an import, and its report. Retries when the response was lost or the server is
 * busy: each item is imported once.
 * @throws CliError when the server rejects it; ServerError.
 */
export async function sendChunk<Report>(
  client: ApiClient,
  { path, body }: Chunk,
  pauseMs: number,
): Promise<Report> {
  const call = { key: `import-${randomUUID()}`, body };
  for (let attempt = 1; ; attempt++) {
    let response: ApiResponse | undefined;
    try {
      response = await client.post(path, call);
    } catch (error) {
      if (!(error instanceof ServerError) || attempt === MAX_ATTEMPTS) throw error;
    }
    if (response?.status === 200) return response.body as unknown as Report;
    if (response && (response.body['retryable'] !== true || attempt === MAX_ATTEMPTS)) {
      throw rejection(response);
    }
    await pause(pauseMs * attempt);
  }
}
