import type { Topic } from '../topics.ts';

/** The built-in templates in English. */
export const ENGLISH: Readonly<Record<Topic, { subject: string; text: string; sms: string }>> = {
  'order-confirmation': {
    subject: 'Your order {{ orderNumber }}',
    text: 'Hello {{ customerName }},\n\nThank you for your order {{ orderNumber }}. Its total is {{ total }}.\n\n{{ storeName }}',
    sms: '{{ storeName }}: thank you for order {{ orderNumber }}, total {{ total }}.',
  },
  'payment-failure': {
    subject: 'The payment of your order {{ orderNumber }} failed',
    text: 'Hello {{ customerName }},\n\nThe payment of your order {{ orderNumber }} failed: {{ reason }}. Please choose another way to pay.\n\n{{ storeName }}',
    sms: '{{ storeName }}: the payment of order {{ orderNumber }} failed: {{ reason }}.',
  },
  'shipping-update': {
    subject: 'Your order {{ orderNumber }} is on its way',
    text: 'Hello {{ customerName }},\n\nYour order {{ orderNumber }} is on its way.{% if trackingNumber != "" %} Tracking number: {{ trackingNumber }}.{% endif %}\n\n{{ storeName }}',
    sms: '{{ storeName }}: order {{ orderNumber }} is on its way{% if trackingNumber != "" %}, tracking number {{ trackingNumber }}{% endif %}.',
  },
  welcome: {
    subject: 'Welcome to {{ storeName }}',
    text: 'Hello {{ customerName }},\n\nWelcome to {{ storeName }}.',
    sms: 'Welcome to {{ storeName }}, {{ customerName }}.',
  },
  'debt-reminder': {
    subject: 'A reminder of {{ storeName }}',
    text: 'Hello {{ customerName }},\n\n{{ amount }} was due on {{ dueDate }}. If you have paid already, thank you.\n\n{{ storeName }}',
    sms: '{{ storeName }}: {{ amount }} was due on {{ dueDate }}.',
  },
  alert: {
    subject: '{{ title }}',
    text: '{{ title }}\n\n{{ details }}\n\n{{ storeName }}',
    sms: '{{ storeName }}: {{ title }}. {{ details }}',
  },
  marketing: {
    subject: '{{ title }}',
    text: 'Hello {{ customerName }},\n\n{{ details }}\n\n{{ storeName }}',
    sms: '{{ storeName }}: {{ title }}. {{ details }}',
  },
};
