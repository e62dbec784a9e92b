import { redactSecrets, redactValue } from '../../lib/redact-secrets.ts';
import type { Logger } from '../../ports/logger.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The same logger behind a last barrier: no line has a secret, whatever an error of a driver or a
 * server quotes.
 */
export function redactingLogger(
  logger: Logger,
  isEnabled: (severity: keyof Logger) => boolean = () => true,
): Logger {
  const write = (severity: keyof Logger) => (fields: Fields, message: string) => {
    // A line that is not written costs nothing.
    if (!isEnabled(severity)) return;
    logger[severity](redactValue(fields) as Fields, redactSecrets(message));
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
