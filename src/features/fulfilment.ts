import { fulfilment as process } from '../processes/fulfilment/fulfilment.ts';
import { defineFeature } from './feature.ts';

/** Orders that run by themselves from PENDING to CONFIRMED, or are put back (O4). */
export const fulfilment = defineFeature({ name: 'fulfilment', processes: [process] });
