import { type RequestOptions, request as plainRequest } from 'node:http';
import { request } from 'node:https';

/** Whether a GET is answered with 200: what readiness comes down to. A refused connection is a no, not an error. */
export async function answersOk(options: RequestOptions & { readonly ca?: string }): Promise<boolean> {
  const send = options.ca === undefined ? plainRequest : request;
  return new Promise((resolve) => {
    const sent = send({ ...options, agent: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => {
      resolve(false);
    });
    sent.end();
  });
}
