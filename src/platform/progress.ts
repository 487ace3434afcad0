// How far a long command is: on a terminal a bar that is drawn over itself, elsewhere a line every few seconds.

/** Whoever works says what it begins, how much that is, and what was done of it since. */
export type Progress = { begin(what: string, total: number): void; advance(done: number): void; end(): void }

/** Where the progress is shown; `columns` is the terminal's width. */
type Screen = { isTTY?: boolean; columns?: number; write(text: string): unknown }

/** Often enough to look alive, seldom enough to cost nothing. */
const DRAWN_EVERY_MS = 100
/** Elsewhere a log is filled, which should stay short. */
const LINE_EVERY_MS = 5_000
/** Longest and shortest bar. */
const BAR = { most: 40, least: 10 }

/** Shows rows on `screen`; `now` is in milliseconds. */
export function createProgress(screen: Screen, now: () => number): Progress {
  let what = ''
  let total = 0
  let done = 0
  let startedAt = 0
  let shownAt = 0
  const words = () => {
    const seconds = (now() - startedAt) / 1_000
    const rate = seconds > 0 ? done / seconds : 0
    const left = rate > 0 ? `  ${duration((total - done) / rate)} left` : ''
    return {
      percent: `${percentOf(done, total)} %`,
      rest: `${done} of ${total} rows  ${Math.round(rate)} rows/s${done < total ? left : ''}`,
    }
  }
  const show = () => {
    const { percent, rest } = words()
    shownAt = now()
    if (!screen.isTTY) return void screen.write(`${what}: ${percent}, ${rest}\n`)
    const width = Math.max(BAR.least, Math.min(BAR.most, (screen.columns ?? 80) - what.length - percent.length - rest.length - 8))
    const filled = Math.round((width * percentOf(done, total)) / 100)
    // Back to the line's start, and clear what an earlier, longer line left.
    screen.write(`\r${what}  [${'#'.repeat(filled)}${'-'.repeat(width - filled)}]  ${percent}  ${rest}\x1b[K`)
  }
  return {
    begin(named, rows) {
      what = named
      total = rows
      done = 0
      startedAt = now()
      shownAt = startedAt
      if (screen.isTTY) show()
    },
    advance(rows) {
      done += rows
      if (now() - shownAt >= (screen.isTTY ? DRAWN_EVERY_MS : LINE_EVERY_MS)) show()
    },
    end() {
      show()
      if (screen.isTTY) screen.write('\n')
    },
  }
}

function percentOf(done: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
