// Whether anybody is at the page: without a key or a pointer it stops asking, so that a session left alone can end.

/** How long a page without a key or a pointer counts as attended. */
const ATTENDED_MS = 10 * 60_000

let attendedAt = performance.now()
const returns: (() => void)[] = []

for (const kind of ['pointerdown', 'pointermove', 'keydown']) document.addEventListener(kind, attend, { passive: true })

/** Whether somebody used the page lately. */
export function isAttended(): boolean {
  return performance.now() - attendedAt <= ATTENDED_MS
}

/** Runs something when somebody comes back to the page. */
export function onReturn(then: () => void): void {
  returns.push(then)
}

function attend(): void {
  const wasAway = !isAttended()
  attendedAt = performance.now()
  if (wasAway) for (const then of returns) then()
}
