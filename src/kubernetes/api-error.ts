/** An answer of the API server that is not a success. `ConnectionError`s of undici are not of this class. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  /** Milliseconds the server asks to wait, from Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(code: number, reason: string, message: string, retryAfter?: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

/** Whether an error is an answer with that HTTP status. */
export function hasCode(error: unknown, code: number): boolean {
  return error instanceof ApiError && error.code === code;
}

/** Whether a write came too late: the object has changed since it was read, or is gone. */
export function isOvertaken(error: unknown): boolean {
  return hasCode(error, 409) || hasCode(error, 404);
}

/** The answer; `undefined` where there is no such object. */
export async function unlessAbsent<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (hasCode(error, 404)) return undefined;
    throw error;
  }
}

/** The answer to a write; `undefined` if it came too late. */
export async function unlessOvertaken<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isOvertaken(error)) return undefined;
    throw error;
  }
}

/** Makes the error of a response body, which is a `Status` object, or text where something else answers. */
export function apiErrorOf(code: number, body: string, retryAfterHeader: string | undefined): ApiError {
  const seconds = Number(retryAfterHeader);
  const retryAfter = Number.isFinite(seconds) && retryAfterHeader !== undefined ? seconds * 1000 : undefined;
  try {
    const { reason, message } = JSON.parse(body) as { reason?: string; message?: string };
    return new ApiError(code, reason ?? '', message ?? `HTTP ${code}`, retryAfter);
  } catch {
    return new ApiError(code, '', `HTTP ${code}`, retryAfter);
  }
}
