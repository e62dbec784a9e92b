import { createDayFiles } from '../adapters/audit/day-files.ts';
import { createHttpEndpoint } from '../adapters/audit/http-endpoint.ts';
import { createPdfReceipts } from '../adapters/receipts/pdf.ts';
import { systemCipher } from '../adapters/system/cipher.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemPhoneNumbers } from '../adapters/system/phone-numbers.ts';
import { createSafeFetch } from '../adapters/system/safe-fetch.ts';
import { createLiquidRenderer } from '../adapters/templates/liquid.ts';
import {
  createSignedWebhooks,
  createStandardWebhooks,
} from '../adapters/webhooks/standard-webhooks.ts';
import type { Ports } from '../app/options.ts';
import type { Config } from '../config.ts';
import type { AlertContact } from '../domain/alerts/index.ts';
import type { Closers } from '../lib/closers.ts';
import type { HttpClient } from '../ports/http-client.ts';

/** The ways by which calls and messages leave the system, as configured. */
export interface Transports {
  readonly ports: Pick<
    Ports,
    | 'email'
    | 'sms'
    | 'renderer'
    | 'phones'
    | 'receipts'
    | 'webhooks'
    | 'signedWebhooks'
    | 'auditEndpoint'
    | 'auditFiles'
  >;
  /** The only way by which calls leave the system. */
  readonly httpClient: HttpClient;
  /** Describes them to the operator. */
  readonly banner: readonly string[];
}

/** The clients are loaded only if configured, which keeps other starts fast. */
export async function openTransports(
  config: Config,
  contacts: readonly AlertContact[],
  closers: Closers,
): Promise<Transports> {
  const { smtpUrl, mailFrom, smsUrl } = config;
  const httpClient = createSafeFetch({ allowed: config.outgoingAllowed.split(',') });
  closers.add(() => httpClient.close());
  const email = smtpUrl === '' ? undefined : await openEmail(config, closers);
  const sms = smsUrl === '' ? undefined : await openSms(config, httpClient);
  const banner = [
    ...(email ? [`e-mail: ${new URL(smtpUrl).hostname}, from ${mailFrom}`] : []),
    ...(sms ? [`text messages: ${new URL(smsUrl).hostname}`] : []),
  ];
  const ports = {
    renderer: createLiquidRenderer(),
    phones: systemPhoneNumbers,
    receipts: createPdfReceipts(),
    signedWebhooks: createSignedWebhooks({ httpClient, clock: systemClock }),
    ...(email && { email }),
    ...(sms && { sms }),
    ...openAudit(config, httpClient),
    ...openWebhooks(contacts, httpClient),
  };
  return { ports, httpClient, banner };
}

function openWebhooks(contacts: readonly AlertContact[], httpClient: HttpClient) {
  const targets = contacts.filter((contact) => 'url' in contact);
  if (targets.length === 0) return {};
  return { webhooks: createStandardWebhooks({ httpClient, clock: systemClock, targets }) };
}

function openAudit(config: Config, httpClient: HttpClient) {
  const { externalAuditEndpoint: url, externalAuditToken: token, auditDir } = config;
  const options = { httpClient, cipher: systemCipher, clock: systemClock, url, token };
  const secret = config.externalAuditSecret;
  return {
    ...(url !== '' && { auditEndpoint: createHttpEndpoint({ ...options, secret }) }),
    ...(auditDir !== '' && { auditFiles: createDayFiles(auditDir) }),
  };
}

async function openEmail({ smtpUrl, mailFrom }: Config, closers: Closers) {
  const { openSmtpTransport } = await import('../adapters/mail/smtp.ts');
  const email = openSmtpTransport({ url: smtpUrl, from: mailFrom });
  closers.add(() => email.close());
  return email;
}

async function openSms({ smsUrl, smsToken, smsFrom }: Config, httpClient: HttpClient) {
  const { createHttpSms } = await import('../adapters/sms/http-sms.ts');
  return createHttpSms({ httpClient, url: smsUrl, token: smsToken, from: smsFrom });
}
