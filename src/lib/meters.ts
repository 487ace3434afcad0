// What the service counts about itself, in the text format of Prometheus. Numbers only: a label is one of a few words of our
// own, never a reader's text, a site or an address. Pure; each process or isolate has its own.

/** Seconds below which requests and batches are told apart. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 1, 2.5] as const
/** Series of one family at most; what comes later is counted as "other", so that no caller can grow the memory. */
const MAX_SERIES = 400

type Gauge = { name: string; help: string; read(): number }
export type Counter = { add(...labels: string[]): void }
type Histogram = { observe(seconds: number, ...labels: string[]): void }

/** A number with its labels, for what is read when it is asked for. */
export type Sample = { name: string; help: string; type?: 'gauge' | 'counter'; labels?: Record<string, string>; value: number }

export type Meters = {
  requests: Counter
  durations: Histogram
  posts: Counter
  decisions: Counter
  refusals: Counter
  batches: Histogram
  /** Adds a number that is read when somebody asks for all of them. */
  gauge(gauge: Gauge): void
  /** All of it, and further samples, as Prometheus reads them. */
  text(samples: readonly Sample[]): string
}

/** A new set of meters, all at zero. */
export function createMeters(): Meters {
  const families: { render(): string[] }[] = []
  const gauges: Gauge[] = []
  const kept = <Family extends { render(): string[] }>(family: Family): Family => {
    families.push(family)
    return family
  }
  return {
    requests: kept(counter('ykien_http_requests_total', 'Requests by method, route and class of status.', ['method', 'route', 'status'])),
    durations: kept(histogram('ykien_http_request_duration_seconds', 'Time to the answer by route.', ['route'])),
    posts: kept(counter('ykien_posts_total', 'Comments sent: accepted, or the code they were refused with.', ['outcome'])),
    decisions: kept(counter('ykien_decisions_total', 'Decisions by verdict and what came of them.', ['verdict', 'outcome'])),
    refusals: kept(counter('ykien_rate_limited_total', 'Requests refused by a rate limit.', ['bucket'])),
    batches: kept(
      histogram('ykien_batch_duration_seconds', 'Time until a batch of writes was durable: done, busy or failed.', ['outcome']),
    ),
    gauge: (gauge) => gauges.push(gauge),
    text: (samples) =>
      `${[
        ...families.flatMap((family) => family.render()),
        ...rendered(gauges.map(({ name, help, read }) => ({ name, help, value: read() }))),
        ...rendered(samples),
      ].join('\n')}\n`,
  }
}

function counter(name: string, help: string, labelNames: readonly string[]): Counter & { render(): string[] } {
  const values = new Map<string, number>()
  const seriesOf = speller(values, labelNames)
  return {
    add(...labels) {
      const key = seriesOf(labels)
      values.set(key, (values.get(key) ?? 0) + 1)
    },
    render: () => [...head(name, help, 'counter'), ...[...values].map(([key, value]) => `${name}{${key}} ${value}`)],
  }
}

function histogram(name: string, help: string, labelNames: readonly string[]): Histogram & { render(): string[] } {
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
    render: () => [
      ...head(name, help, 'histogram'),
      ...[...series].flatMap(([key, cells]) => {
        let count = 0
        const lines = [...BUCKETS, '+Inf'].map((bound, index) => {
          count += cells[index] ?? 0
          return `${name}_bucket{${key},le="${bound}"} ${count}`
        })
        return [...lines, `${name}_sum{${key}} ${cells[BUCKETS.length + 1]}`, `${name}_count{${key}} ${count}`]
      }),
    ],
  }
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
