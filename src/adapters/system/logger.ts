import pino from 'pino';

import type { Logger } from '../../ports/logger.ts';
import { redactingLogger } from './redacting-logger.ts';

/**
 * Writes JSON lines to standard error, so that standard output stays readable. Never blocks.
 */
export function createLogger(level: string): Logger & { flush(): void } {
  const sink = pino.destination({ dest: 2, sync: false });
  const logger = pino({ level, base: { app: 'tillstream' } }, sink);
  return {
    ...redactingLogger(logger, (severity) => logger.isLevelEnabled(severity)),
    flush: () => {
      try {
        sink.flushSync();
      } catch {
        // The sink is gone, and so is the place to report it.
      }
    },
  };
}
