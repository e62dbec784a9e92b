import { systemClock } from '../../src/adapters/system/clock.ts';
import {
  type ApiClient,
  type ApiResponse,
  createApiClient,
  ServerError,
} from '../../src/cli/api-client.ts';

const MAX_REPEATS = 600;
const BETWEEN_MS = 100;
/** The server has not seen the position of the query yet. */
const TOO_EARLY = 425;

export interface PatientClient {
  /**
   * Asks one process after the other, under the same key, until one has done it.
   * @throws Error when the answer is final and not a success.
   */
  untilDone(what: string, ask: (api: ApiClient) => Promise<ApiResponse>): Promise<ApiResponse>;
}

/** A client that repeats what was not answered. `urls` is looked at before each request. */
export function createPatientClient(urls: () => readonly string[], apiKey: string): PatientClient {
  let asked = 0;
  return {
    async untilDone(what, ask) {
      let last = 'no answer';
      for (let i = 0; i < MAX_REPEATS; i += 1) {
        try {
          const all = urls();
          const answer = await ask(createApiClient(all[asked++ % all.length] ?? '', apiKey));
          if (answer.status < 300) return answer;
          last = `${answer.status} ${JSON.stringify(answer.body)}`;
          if (answer.body['retryable'] !== true && answer.status !== TOO_EARLY) break;
        } catch (error) {
          if (!(error instanceof ServerError)) throw error;
          last = error.message;
        }
        await systemClock.sleep(BETWEEN_MS);
      }
      throw new Error(`expected ${what} to be done, found ${last}`);
    },
  };
}
