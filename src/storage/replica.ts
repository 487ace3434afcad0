// Whether a copy of the database that public reads go to is in use: not after it failed, until a probe finds it well again.
// Knows no driver; postgres.ts asks it where to read.

/** Rest before the copy is tried again; each trial that fails doubles it, up to the longest. */
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 30_000

export type ReplicaWatch = {
  isUp(): boolean
  /** Takes the copy out of use, for this reason. */
  failed(reason: string): void
  /** Ends the trials. */
  stop(): void
}

/** Watches a copy that is taken to be well at first. `probe` rejects while it is not; `told` hears of each change, once. */
export function watchReplica(probe: () => Promise<unknown>, told: (isUp: boolean, reason: string) => void): ReplicaWatch {
  let isUp = true
  let upSince = performance.now()
  let restMs = FIRST_REST_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false

  const trial = async () => {
    try {
      await probe()
      isUp = true
      upSince = performance.now()
      told(true, '')
    } catch {
      restMs = Math.min(restMs * 2, LONGEST_REST_MS)
      rest()
    }
  }
  const rest = () => {
    if (isStopped) return
    timer = setTimeout(trial, restMs)
    timer.unref()
  }

  return {
    isUp: () => isUp,
    failed(reason) {
      if (!isUp) return
      isUp = false
      // One that answers a probe and fails again at once goes on resting longer.
      restMs = performance.now() - upSince > LONGEST_REST_MS ? FIRST_REST_MS : Math.min(restMs * 2, LONGEST_REST_MS)
      told(false, reason)
      rest()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
