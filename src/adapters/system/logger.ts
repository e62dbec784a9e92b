import { pino, type DestinationStream } from 'pino';

import type { Logger } from '../../ports/logger.ts';

export interface LoggerOptions {
  readonly level: string;
  /** Where lines go; the standard output when absent. */
  readonly destination?: DestinationStream;
}

/** A last net under the rule that no secret is logged at all. */
const NEVER_SHOWN = ['authorization', 'token', 'secret', 'password', 'apiKey', 'headers', 'body'];

/** One JSON object per line, by pino. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: NEVER_SHOWN.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
