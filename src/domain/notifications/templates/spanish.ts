import type { Topic } from '../topics.ts';

/** The built-in templates in Spanish. */
export const SPANISH: Readonly<Record<Topic, { subject: string; text: string; sms: string }>> = {
  'order-confirmation': {
    subject: 'Tu pedido {{ orderNumber }}',
    text: 'Hola, {{ customerName }}:\n\nGracias por tu pedido {{ orderNumber }}. El total es {{ total }}.\n\n{{ storeName }}',
    sms: '{{ storeName }}: gracias por el pedido {{ orderNumber }}, total {{ total }}.',
  },
  'payment-failure': {
    subject: 'El pago de tu pedido {{ orderNumber }} ha fallado',
    text: 'Hola, {{ customerName }}:\n\nEl pago de tu pedido {{ orderNumber }} ha fallado: {{ reason }}. Elige otra forma de pago, por favor.\n\n{{ storeName }}',
    sms: '{{ storeName }}: el pago del pedido {{ orderNumber }} ha fallado: {{ reason }}.',
  },
  'shipping-update': {
    subject: 'Tu pedido {{ orderNumber }} está en camino',
    text: 'Hola, {{ customerName }}:\n\nTu pedido {{ orderNumber }} está en camino.{% if trackingNumber != "" %} Número de seguimiento: {{ trackingNumber }}.{% endif %}\n\n{{ storeName }}',
    sms: '{{ storeName }}: el pedido {{ orderNumber }} está en camino{% if trackingNumber != "" %}, seguimiento {{ trackingNumber }}{% endif %}.',
  },
  welcome: {
    subject: 'Te damos la bienvenida a {{ storeName }}',
    text: 'Hola, {{ customerName }}:\n\nTe damos la bienvenida a {{ storeName }}.',
    sms: 'Te damos la bienvenida a {{ storeName }}, {{ customerName }}.',
  },
  'debt-reminder': {
    subject: 'Un recordatorio de {{ storeName }}',
    text: 'Hola, {{ customerName }}:\n\n{{ amount }} vencía el {{ dueDate }}. Si ya has pagado, gracias.\n\n{{ storeName }}',
    sms: '{{ storeName }}: {{ amount }} vencía el {{ dueDate }}.',
  },
  alert: {
    subject: '{{ title }}',
    text: '{{ title }}\n\n{{ details }}\n\n{{ storeName }}',
    sms: '{{ storeName }}: {{ title }}. {{ details }}',
  },
  marketing: {
    subject: '{{ title }}',
    text: 'Hola, {{ customerName }}:\n\n{{ details }}\n\n{{ storeName }}',
    sms: '{{ storeName }}: {{ title }}. {{ details }}',
  },
};
