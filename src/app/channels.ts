import type { EmailContent, SmsContent, WebhookContent } from '../domain/deliveries/index.ts';
import type { DeliveryChannel, OutgoingMessage } from '../ports/delivery-channel.ts';
import type { EmailMessage, EmailTransport } from '../ports/email-transport.ts';
import type { ReceiptRenderer } from '../ports/receipt-renderer.ts';
import type { SmsTransport } from '../ports/sms-transport.ts';
import type { WebhookSender } from '../ports/webhook-sender.ts';
import type { Ports } from './options.ts';

const PDF = { contentType: 'application/pdf' } as const;
/** Connections to the mail server at one time. */
const MAX_MAILS = 5;
/** Calls to the provider of text messages at one time. */
const MAX_TEXT_MESSAGES = 5;
/** Calls of other systems at one time. */
const MAX_WEBHOOKS = 5;

/** The channels for which there is a transport. The deliveries of the others wait. */
export function channelsOf({
  email,
  sms,
  receipts,
  webhooks,
}: Pick<Ports, 'email' | 'sms' | 'receipts' | 'webhooks'>): readonly DeliveryChannel[] {
  return [
    ...(email ? [emailChannel(email, receipts)] : []),
    ...(sms ? [smsChannel(sms)] : []),
    ...(webhooks ? [webhookChannel(webhooks)] : []),
  ];
}

function webhookChannel(webhooks: WebhookSender): DeliveryChannel {
  return {
    name: 'webhook',
    maxConcurrent: MAX_WEBHOOKS,
    send({ recipient: endpoint, content, key, reference, signal }) {
      const { body } = content as WebhookContent;
      return webhooks.send({ endpoint, key, reference, body, signal });
    },
  };
}

function smsChannel(transport: SmsTransport): DeliveryChannel {
  return {
    name: 'sms',
    maxConcurrent: MAX_TEXT_MESSAGES,
    send({ recipient, content, key, reference, signal }) {
      const { text } = content as SmsContent;
      return transport.send({ to: recipient, text, key, reference, signal });
    },
  };
}

function emailChannel(transport: EmailTransport, receipts: ReceiptRenderer): DeliveryChannel {
  return {
    name: 'email',
    maxConcurrent: MAX_MAILS,
    async send(message) {
      const { receipt } = message.content as EmailContent;
      const attachments = receipt
        ? [{ ...PDF, filename: receipt.fileName, content: await receipts.render(receipt) }]
        : [];
      return transport.send({ ...emailOf(message), attachments });
    },
  };
}

export function emailOf({ key, reference, recipient, content, signal }: OutgoingMessage) {
  const { subject, text, html, senderName, optOutUrl } = content as EmailContent;
  const headers = {
    'X-Tillstream-Delivery': reference,
    'Auto-Submitted': 'auto-generated',
    ...(optOutUrl !== undefined && {
      'List-Unsubscribe': `<${optOutUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    }),
  };
  return {
    ...{ to: recipient, subject, text, messageId: key, headers, attachments: [], signal },
    ...(html !== undefined && { html }),
    ...(senderName !== undefined && { senderName }),
  } satisfies EmailMessage;
}
