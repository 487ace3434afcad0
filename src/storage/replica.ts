// Whether a copy of the database that public reads go to is in use: once a probe found it well, until it fails, and again after
// a probe. Knows no driver; postgres.ts asks it where to read.

/** Rest before a copy that failed is tried again; each trial that fails doubles it, up to the longest. */
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 30_000

export type ReplicaWatch = {
  /** Whether to read from the copy. The first to ask has it probed. */
  isUp(): boolean
  /** The same once it has been probed. */
  tried(): Promise<boolean>
  /** Takes the copy out of use, for this reason. */
  failed(reason: string): void
  /** Ends the trials. */
  stop(): void
}

/** Watches a copy. `probe` rejects while it is not well; `told` hears of each change once, the first finding included. */
export function watchReplica(probe: () => Promise<unknown>, told: (isUp: boolean, reason: string) => void): ReplicaWatch {
  let state: 'unknown' | 'up' | 'down' = 'unknown'
  let first: Promise<void> | undefined
  let upSince = 0
  let restMs = FIRST_REST_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false

  const down = (reason: string) => {
    if (state !== 'down') told(false, reason)
    state = 'down'
    if (isStopped) return
    timer = setTimeout(trial, restMs)
    timer.unref()
  }
  const trial = () =>
    probe().then(
      () => {
        state = 'up'
        upSince = performance.now()
        told(true, '')
      },
      (error: unknown) => {
        restMs = Math.min(restMs * 2, LONGEST_REST_MS)
        if (!isStopped) down(error instanceof Error ? error.message : String(error))
      },
    )

  const isUp = () => {
    first ??= trial()
    return state === 'up'
  }
  const tried = async () => {
    isUp()
    await first
    return isUp()
  }

  return {
    isUp,
    tried,
    failed(reason) {
      if (state !== 'up') return
      // One that answers a probe and fails again at once goes on resting longer.
      restMs = performance.now() - upSince > LONGEST_REST_MS ? FIRST_REST_MS : Math.min(restMs * 2, LONGEST_REST_MS)
      down(reason)
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
