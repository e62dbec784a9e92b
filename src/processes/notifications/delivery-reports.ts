import { commandRecipient } from '../../commands/notifications/recipients.ts';
import { deliveryDecider, type DeliveryEvent, isOfPerson } from '../../domain/deliveries/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { type RecipientCommand, TOPIC_NAMES } from '../../domain/notifications/index.ts';
import { isFinalRefusal } from '../../engine/commands/final-refusal.ts';
import type { Sequence } from '../../engine/commands/sequence.ts';
import type { ProcessServices, StatelessProcess } from '../../engine/processes/process-manager.ts';

/**
 * By which a mail server says of an address that there is no such mailbox. Other refusals can be
 * the fault of the sender, or of the message.
 */
const NO_SUCH_MAILBOX = /^smtp_5\.1\.\d+$/;

const NAME = 'delivery-reports';

function isBounce(event: DeliveryEvent): boolean {
  if (event.type === 'DeliveryReported') return event.data.report === 'bounced';
  if (event.type !== 'DeliveryParked') return false;
  return event.data.cause === 'permanent' && NO_SUCH_MAILBOX.test(event.data.code);
}

const isComplaint = (event: DeliveryEvent) =>
  event.type === 'DeliveryReported' && event.data.report === 'complained';

/**
 * Keeps messages away from addresses to which they come back, and from people who marked one as
 * spam: the first counts until the person has another address, the second for the topic.
 */
export const deliveryReports: StatelessProcess = {
  name: NAME,
  categories: ['delivery'],
  eventTypes: ['DeliveryReported', 'DeliveryParked'],
  startAt: 'head',
  async react(recorded, { commands, clock, logger }) {
    const event = recorded as unknown as DeliveryEvent;
    if (!isBounce(event) && !isComplaint(event)) return;
    const { storeId } = recorded.metadata;
    const { deliveryId } = event.data;
    const { state } = await commands.load(deliveryDecider, storeId, deliveryId);
    if (state.status === 'none' || state.personId === undefined || state.isErased) return;
    const { personId, channel, personal, topic: known } = state;
    if (!isOfPerson(channel)) return;
    const topic = TOPIC_NAMES.find((name) => name === known);
    const bounce: RecipientCommand = {
      type: 'ReportBounce',
      data: { channel, address: personal.recipient, deliveryId },
    };
    const command: RecipientCommand | undefined = isBounce(event)
      ? bounce
      : topic && {
          type: 'ChangePreferences',
          data: { via: 'complaint', choices: [{ topic, channel, allowed: false }] },
        };
    if (!command) return;
    try {
      await commandRecipient(sequenceOf(recorded, { commands, clock }), personId, command);
    } catch (error) {
      if (!isFinalRefusal(error)) throw error;
      logger.warn({ deliveryId, reason: String(error) }, 'report of a delivery has no effect');
    }
  },
};

function sequenceOf(
  { id, metadata, recordedAt }: RecordedEvent,
  ports: Pick<ProcessServices, 'commands' | 'clock'>,
): Sequence {
  const { storeId, correlationId } = metadata;
  return {
    ...ports,
    commandId: `event ${id}`,
    context: { storeId, now: recordedAt, businessDay: recordedAt.slice(0, 10) },
    envelope: { actor: { kind: 'process', id: NAME }, correlationId, causationId: id },
  };
}
