import type { RequestHandler } from 'express';
import type { StorageReport } from '../storage/storage-report.ts';
import type { ApiData } from './api-data.ts';

const nothing: StorageReport = { made: null, clusters: [], disks: [], volumes: [], plans: [], failures: [] };

/** `GET /api/v1/storage`: pools, disks, dates and plans; empty where no storage is configured. */
export function storageRoute(data: ApiData): RequestHandler {
  return (_request, response) => {
    response.json(data.storage() ?? nothing);
  };
}
