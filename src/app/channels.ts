import type { EmailContent } from '../domain/deliveries/index.ts';
import type { DeliveryChannel, OutgoingMessage } from '../ports/delivery-channel.ts';
import type { EmailMessage, EmailTransport } from '../ports/email-transport.ts';
import type { Ports } from './options.ts';

/** Connections to the mail server at one time. */
const MAX_MAILS = 5;

/** The channels for which there is a transport. The deliveries of the others wait. */
export function channelsOf({ email }: Pick<Ports, 'email'>): readonly DeliveryChannel[] {
  return email ? [emailChannel(email)] : [];
}

function emailChannel(transport: EmailTransport): DeliveryChannel {
  return {
    name: 'email',
    maxConcurrent: MAX_MAILS,
    send: (message) => transport.send(emailOf(message)),
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
