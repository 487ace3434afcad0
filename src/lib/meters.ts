// What the service counts about itself, in the text format of Prometheus. Numbers only: a label is one of a few words of our
// own, never a reader's text, a site or an address. Pure; each process or isolate has its own, and their readings add up.

/** Seconds below which requests and batches are told apart. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 1, 2.5] as const
/** Series of one family at most; what comes later is counted as "other", so that no caller can grow the memory. */
const MAX_SERIES = 400

/** Of several processes the numbers add up, but for those of which the greatest tells more. */
type Fold = 'sum' | 'max'
type Gauge = { name: string; help: string; type?: 'gauge' | 'counter'; fold?: Fold; read(): number }
export type Counter = { add(...labels: string[]): void }
type Histogram = { observe(seconds: number, ...labels: string[]): void }

/** A number with its labels, for what is read when it is asked for. */
export type Sample = { name: string; help: string; type?: 'gauge' | 'counter'; labels?: Record<string, string>; value: number }

/** One family at a moment: of each series (its labels as Prometheus spells them) the value, or the cells of a histogram. Plain data. */
type Family = { name: string; help: string; type: 'counter' | 'histogram' | 'gauge'; fold: Fold; series: [string, number[]][] }
/** What a process has counted, at a moment. */
export type Reading = Family[]

export type Meters = {
  requests: Counter
  durations: Histogram
  posts: Counter
  decisions: Counter
  refusals: Counter
  challenges: Counter
  challengeAnswers: Counter
  floods: Counter
  batches: Histogram
  /** Adds a number that is read when somebody asks for all of them. */
  gauge(gauge: Gauge): void
  /** What this process has counted. */
  reading(): Reading
  /** What every process of the service has counted, this one among them. */
  readings(): Promise<readonly Reading[]>
}

/** A new set of meters, all at zero, of a service that is one process. */
export function createMeters(): Meters {
  const families: (() => Family)[] = []
  const kept = <Counted extends { read(): Family }>(family: Counted): Counted => {
    families.push(family.read)
    return family
  }
  const reading = () => families.map((read) => read())
  return {
    requests: kept(counter('ykien_http_requests_total', 'Requests by method, route and class of status.', ['method', 'route', 'status'])),
    durations: kept(histogram('ykien_http_request_duration_seconds', 'Time to the answer by route.', ['route'])),
    posts: kept(counter('ykien_posts_total', 'Comments sent: accepted, or the code they were refused with.', ['outcome'])),
    decisions: kept(counter('ykien_decisions_total', 'Decisions by verdict and what came of them.', ['verdict', 'outcome'])),
    refusals: kept(counter('ykien_rate_limited_total', 'Requests refused by a rate limit.', ['bucket'])),
    challenges: kept(
      counter('ykien_challenges_total', 'Posts that were asked for a challenge, by what was busy; one may count for several.', ['scope']),
    ),
    challengeAnswers: kept(
      counter('ykien_challenge_answers_total', 'What came of solved challenges and answered questions: solved, answered, or the code.', [
        'outcome',
      ]),
    ),
    floods: kept(counter('ykien_floods_total', 'Articles that went into flood mode and out of it.', ['change'])),
    batches: kept(
      histogram('ykien_batch_duration_seconds', 'Time until a batch of writes was durable: done, busy or failed.', ['outcome']),
    ),
    gauge: ({ name, help, type = 'gauge', fold = 'sum', read }) =>
      families.push(() => ({ name, help, type, fold, series: [['', [read()]]] })),
    reading,
    readings: async () => [reading()],
  }
}

/** One reading for several: what is the same of them is folded together. */
export function folded(readings: readonly Reading[]): Reading {
  const families = new Map<string, Family & { cells: Map<string, number[]> }>()
  for (const family of readings.flat()) {
    const known = families.get(family.name) ?? { ...family, cells: new Map() }
    families.set(family.name, known)
    for (const [key, values] of family.series) {
      const before = known.cells.get(key)
      const fold = (value: number, index: number) =>
        family.fold === 'max' ? Math.max(value, before?.[index] ?? value) : value + (before?.[index] ?? 0)
      known.cells.set(key, values.map(fold))
    }
  }
  return [...families.values()].map(({ cells, ...family }) => ({ ...family, series: [...cells] }))
}

/** What only grows: of a process that has ended this goes on counting, and nothing else. */
export function lasting(reading: Reading): Reading {
  return reading.filter(({ type }) => type !== 'gauge')
}

/** Readings and further samples as Prometheus reads them. */
export function textOf(readings: readonly Reading[], samples: readonly Sample[]): string {
  return `${[...folded(readings).flatMap(renderedFamily), ...rendered(samples)].join('\n')}\n`
}

function counter(name: string, help: string, labelNames: readonly string[]): Counter & { read(): Family } {
  const values = new Map<string, number>()
  const seriesOf = speller(values, labelNames)
  return {
    add(...labels) {
      const key = seriesOf(labels)
      values.set(key, (values.get(key) ?? 0) + 1)
    },
    read: () => ({ name, help, type: 'counter', fold: 'sum', series: [...values].map(([key, value]) => [key, [value]]) }),
  }
}

function histogram(name: string, help: string, labelNames: readonly string[]): Histogram & { read(): Family } {
  // Of each series: how many fell into each bucket, into none of them, and the sum of all.
  const series = new Map<string, Float64Array>()
  const seriesOf = speller(series, labelNames)
  return {
    observe(seconds, ...labels) {
      const key = seriesOf(labels)
      let cells = series.get(key)
      if (!cells) {
        cells = new Float64Array(BUCKETS.length + 2)
        series.set(key, cells)
      }
      const bucket = BUCKETS.findIndex((bound) => seconds <= bound)
      const cell = bucket === -1 ? BUCKETS.length : bucket
      cells[cell] = (cells[cell] ?? 0) + 1
      cells[BUCKETS.length + 1] = (cells[BUCKETS.length + 1] ?? 0) + seconds
    },
    read: () => ({ name, help, type: 'histogram', fold: 'sum', series: [...series].map(([key, cells]) => [key, [...cells]]) }),
  }
}

function renderedFamily({ name, help, type, series }: Family): string[] {
  const lines = series.flatMap(([key, values]) => {
    if (type !== 'histogram') return [`${name}${key === '' ? '' : `{${key}}`} ${values[0]}`]
    let count = 0
    const buckets = [...BUCKETS, '+Inf'].map((bound, index) => {
      count += values[index] ?? 0
      return `${name}_bucket{${key},le="${bound}"} ${count}`
    })
    return [...buckets, `${name}_sum{${key}} ${values[BUCKETS.length + 1]}`, `${name}_count{${key}} ${count}`]
  })
  return [...head(name, help, type), ...lines]
}

/** Spells the series of labels, each once: the busiest requests count themselves tens of thousands of times a second. */
function speller(known: ReadonlyMap<string, unknown>, names: readonly string[]): (values: readonly string[]) => string {
  const spelled = new Map<string, string>()
  return (values) => {
    const together = values.join('\n')
    let key = spelled.get(together)
    if (key === undefined) {
      key = names.map((name, index) => `${name}="${escaped(values[index] ?? '')}"`).join(',')
      if (!known.has(key) && known.size >= MAX_SERIES) return names.map((name) => `${name}="other"`).join(',')
      spelled.set(together, key)
    }
    return key
  }
}

/** Samples as lines; those of one name stand together under one heading. */
function rendered(samples: readonly Sample[]): string[] {
  return [...Map.groupBy(samples, ({ name }) => name)].flatMap(([name, [first, ...others]]) => {
    if (!first) return []
    const lines = [first, ...others].map(({ labels = {}, value }) => {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
      return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
    })
    return [...head(name, first.help, first.type ?? 'gauge'), ...lines]
  })
}

function head(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function escaped(text: string): string {
  return /[\\"\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : text
}
