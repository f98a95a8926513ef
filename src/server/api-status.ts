import type { RequestHandler } from 'express';
import type { ApiData } from './api-data.ts';
import { timeText } from './time-text.ts';

/** `GET /api/v1/status`. */
export function statusRoute(data: ApiData): RequestHandler {
  return (_request, response) => {
    const { outlook, trainedToSeconds, ...rest } = data.status();
    response.json({
      ...rest,
      outlook: outlook === undefined ? null : printed(outlook),
      trainedTo: trainedToSeconds === undefined ? null : timeText(trainedToSeconds),
    });
  };
}

function printed({ madeSeconds, dataSeconds, ...rest }: NonNullable<ReturnType<ApiData['status']>['outlook']>): object {
  return { ...rest, made: timeText(madeSeconds), data: timeText(dataSeconds) };
}
