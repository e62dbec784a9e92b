import { fiscalRoutes } from '../api/routes/fiscal/fiscal.ts';
import { fiscalReportRoutes } from '../api/routes/fiscal/report.ts';
import {
  numberDecider,
  type NumberEvent,
  numberEvents,
  seriesDecider,
  type SeriesEvent,
  seriesEvents,
} from '../domain/fiscal/index.ts';
import { fiscalNumbers } from '../processes/fiscal/fiscal-numbers.ts';
import { describeNumberEvent, describeSeriesEvent } from '../projections/fiscal/describe.ts';
import { fiscalNumberModel } from '../projections/fiscal/numbers/projection.ts';
import { defineFeature } from './feature.ts';

/** Numbers of documents, given to devices in ranges; each has one fate. */
export const fiscal = defineFeature({
  name: 'fiscal',
  deciders: [seriesDecider, numberDecider],
  events: {
    definitions: { ...seriesEvents.definitions, ...numberEvents.definitions },
    types: [...seriesEvents.types, ...numberEvents.types],
  },
  projections: [fiscalNumberModel],
  documents: {
    'fiscal-numbers': 'A fiscal number, and what became of it: `GET /fiscal/numbers`.',
  },
  processes: [fiscalNumbers],
  routes: [...fiscalRoutes, ...fiscalReportRoutes],
  descriptions: [
    {
      category: 'fiscalseries',
      describe: (event) => describeSeriesEvent(event as unknown as SeriesEvent),
    },
    {
      category: 'fiscalnumber',
      describe: (event) => describeNumberEvent(event as unknown as NumberEvent),
    },
  ],
  audit: {
    FiscalSeriesOpened: { severity: 'MEDIUM' },
    FiscalSeriesResumed: { severity: 'HIGH' },
    FiscalRangeAbandoned: { severity: 'MEDIUM' },
    FiscalNumbersSkipped: { severity: 'HIGH' },
    FiscalNumberRepeated: { severity: 'HIGH' },
    FiscalNumberCorrected: { severity: 'HIGH' },
    FiscalNumbersDecided: { severity: 'MEDIUM' },
  },
});
