// Requests to other servers, which only go to addresses that the operator configured.

/** A server that does not answer by then keeps nobody waiting longer. */
const ANSWER_LIMIT_MS = 5_000

/** Sends a request, follows no redirect, and gives up after some seconds. */
export function fetchOut(request: Request): Promise<Response> {
  return fetch(request, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
}
