import { isatty } from 'node:tty';

import pino from 'pino';

import type { Logger } from '../../ports/logger.ts';
import { readableLine } from './readable-line.ts';
import { redactingLogger } from './redacting-logger.ts';

const STANDARD_ERROR = 2;

export interface LogSettings {
  readonly logLevel: string;
  /** `json`, `text`, or `auto`: text on a terminal, else JSON. */
  readonly logFormat: string;
}

/**
 * Writes a line for each entry to standard error, so that standard output stays readable. Never
 * blocks.
 */
export function createLogger({
  logLevel: level,
  logFormat: format,
}: LogSettings): Logger & { flush(): void } {
  const sink = pino.destination({ dest: STANDARD_ERROR, sync: false });
  const isText = format === 'text' || (format === 'auto' && isatty(STANDARD_ERROR));
  const stream = isText ? { write: (line: string) => void sink.write(readableLine(line)) } : sink;
  const logger = pino({ level, base: { app: 'tillstream' } }, stream);
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
