import type { DeliveryPriority } from '../deliveries/index.ts';

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What is known in each template, whatever it is about. */
export const COMMON_VARIABLES = ['storeName', 'customerName'] as const;

export interface TopicTraits {
  readonly priority: DeliveryPriority;
  /** What its templates may name beside the common variables. */
  readonly variables: readonly string[];
  /** Whether a person gets it before having chosen. */
  readonly byDefault: boolean;
  /** It cannot be opted out of, and counts for no limit. */
  readonly always?: true;
}

/** What people are notified of. */
export const TOPICS = {
  'order-confirmation': {
    priority: 'HIGH',
    variables: ['orderNumber', 'total'],
    byDefault: true,
  },
  'payment-failure': {
    priority: 'HIGH',
    variables: ['orderNumber', 'reason'],
    byDefault: true,
  },
  'shipping-update': {
    priority: 'NORMAL',
    variables: ['orderNumber', 'trackingNumber'],
    byDefault: true,
  },
  welcome: { priority: 'NORMAL', variables: [], byDefault: true },
  'debt-reminder': { priority: 'NORMAL', variables: ['amount', 'dueDate'], byDefault: true },
  alert: { priority: 'CRITICAL', variables: ['title', 'details'], byDefault: true, always: true },
  marketing: { priority: 'LOW', variables: ['title', 'details'], byDefault: false },
} as const satisfies Readonly<Record<string, TopicTraits>>;

export type Topic = keyof typeof TOPICS;
export const TOPIC_NAMES = Object.keys(TOPICS) as readonly Topic[];

export const traitsOf = (topic: Topic): TopicTraits => TOPICS[topic];
export const variablesOf = (topic: Topic): readonly string[] => [
  ...COMMON_VARIABLES,
  ...traitsOf(topic).variables,
];

/** Notifications that one person gets within a day, by channel. */
export const DAILY_LIMITS = { email: 20, sms: 5 } as const;
