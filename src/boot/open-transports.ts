import { createSafeFetch } from '../adapters/system/safe-fetch.ts';
import type { Ports } from '../app/options.ts';
import type { Config } from '../config.ts';
import type { Closers } from '../lib/closers.ts';
import type { HttpClient } from '../ports/http-client.ts';

/** The ways by which calls and messages leave the system, as configured. */
export interface Transports {
  readonly ports: Pick<Ports, 'email'>;
  /** The only way by which calls leave the system. */
  readonly httpClient: HttpClient;
  /** Describes them to the operator. */
  readonly banner: readonly string[];
}

/** The clients are loaded only if configured, which keeps other starts fast. */
export async function openTransports(config: Config, closers: Closers): Promise<Transports> {
  const { smtpUrl, mailFrom } = config;
  const httpClient = createSafeFetch({ allowed: config.outgoingAllowed.split(',') });
  closers.add(() => httpClient.close());
  if (smtpUrl === '') return { ports: {}, httpClient, banner: [] };
  const { openSmtpTransport } = await import('../adapters/mail/smtp.ts');
  const email = openSmtpTransport({ url: smtpUrl, from: mailFrom });
  closers.add(() => email.close());
  const banner = [`e-mail: ${new URL(smtpUrl).hostname}, from ${mailFrom}`];
  return { ports: { email }, httpClient, banner };
}
