import type { RequestHandler } from 'express';
import { BarographError } from '../core/errors.ts';
import type { Outlook } from '../core/outlook.ts';
import { encodeOutlook } from '../knowledge/outlook-codec.ts';
import type { ApiData } from './api-data.ts';
import { type OutlookSummary, summaryOf } from './outlook-summary.ts';
import { timeText } from './time-text.ts';

const arrowStream = 'application/vnd.apache.arrow.stream';
const json = 'application/json';

/** `GET /api/v1/outlook`: a summary, or for `Accept: application/vnd.apache.arrow.stream` the whole of it. */
export function outlookRoute(data: ApiData): RequestHandler {
  const encoded = oncePerOutlook(encodeOutlook);
  const summary = oncePerOutlook((outlook) => JSON.stringify(printed(outlook, summaryOf(outlook))));
  return (request, response) => {
    const outlook = data.outlook();
    if (outlook === undefined) throw new BarographError('OUTLOOK_MISSING', 'no Outlook was published yet');
    response.vary('accept');
    const type = request.accepts([json, arrowStream]);
    if (type === arrowStream) {
      const bytes = encoded(outlook);
      response.set('content-type', arrowStream);
      response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    } else response.type(json).send(summary(outlook));
  };
}

// At 100,000 nodes either takes long enough to be felt by the requests that wait behind it.
function oncePerOutlook<T>(make: (outlook: Outlook) => T): (outlook: Outlook) => T {
  let held: { readonly outlook: Outlook; readonly made: T } | undefined;
  return (outlook) => {
    if (held?.outlook !== outlook) held = { outlook, made: make(outlook) };
    return held.made;
  };
}

function printed(outlook: Outlook, nodes: OutlookSummary): object {
  const { version, stepSeconds, steps, containers } = outlook;
  return {
    version,
    made: timeText(outlook.madeSeconds),
    data: timeText(outlook.dataSeconds),
    horizonStart: timeText(outlook.horizonStartSeconds),
    stepSeconds,
    steps,
    containers,
    nodes,
  };
}
