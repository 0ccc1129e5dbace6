import { STATUS_CODES } from 'node:http';

const REASONS: Readonly<Record<number, string>> = {
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** A `Status` object as the API server answers when it cannot do what it is asked. */
export function apiStatus(code: number, message = `${STATUS_CODES[code]}, by the fault proxy`): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: REASONS[code] ?? '',
    code,
  };
}
