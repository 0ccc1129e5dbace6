import type { Call, Reply } from '../http/message.ts';
import { concerns, type Faults, type ListenerName } from './faults.ts';
import { page, redirect } from './message.ts';
import { SECOND_HOST } from './records/node.ts';

/** What stands before a service: answers a call instead of it, or lets it pass (undefined). */
export function atGateway(call: Call, listener: ListenerName, faults: Faults): Reply | undefined {
  const status = statusOf(listener, faults);
  if (status !== 0) return page(status, `Error ${status}`);
  if (concerns(faults.html200, listener)) return page(200, 'Log in');
  if (!concerns(faults.redirectElsewhere, listener) || call.url.hostname === SECOND_HOST) return undefined;
  const target = new URL(call.url);
  target.hostname = SECOND_HOST;
  return redirect(target.href);
}

function statusOf(listener: ListenerName, faults: Faults): number {
  switch (listener) {
    case 'repository':
      return faults.repositoryStatus;
    case 'proxy':
    case 'proxy2':
      return faults.proxyStatus;
    case 'browser':
    case 'browser2':
      return faults.browserStatus;
  }
}
