// The bench's hold on the machine: the processes, and one driver of load whichever program does it.
// With wrk (Debian's package) or, where that is missing, autocannon. Where there are two cores the driver keeps to one; what is
// measured, the service and its floor alike, has the whole machine: the service writes in a thread of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'

/** Seconds of one measurement, and how often it is repeated in turn with its floor; the median counts. */
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
export const RUNS = 3

export type Figure = { requests: number; p50: number; p99: number }
type Request = { method: 'GET' | 'POST'; path: string; headers?: Record<string, string>; body?: string }
/** What is asked, over and over in this order, of `base`. */
export type Load = { base: string; requests: readonly Request[]; connections?: number }

/** A folder of the bench's own, gone with the machine's temporary files. */
export const folder = mkdtempSync(join(tmpdir(), 'ykien-bench-'))

const hasTwoCores = cpus().length >= 2
const hasWrk = spawnSync('which', ['wrk']).status === 0

/** The name of the program that drives the load. */
export const driver = hasWrk ? 'wrk' : 'autocannon'

/** Starts a program of Node's; resolves when it has said `sign`. `before` wraps the command, such as with strace. */
export async function start(args: string[], env: NodeJS.ProcessEnv, sign: string, before: string[] = []): Promise<ChildProcess> {
  const [command = 'node', ...rest] = [...before, process.execPath, ...args]
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => String(chunk).includes(sign) && resolve())
    child.on('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)))
  })
  return child
}

/** Ends a program in order. */
export async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** The median of {@link RUNS} measurements, alone or each in turn with one of the floor. Any answer but 2xx and 304 throws. */
export async function measure(ours: Load, floor?: Load): Promise<{ ours: Figure; floor: Figure | null }> {
  const pairs: { ours: Figure; floor: Figure | null }[] = []
  for (let run = 0; run < RUNS; run++) pairs.push({ floor: floor ? await drive(floor) : null, ours: await drive(ours) })
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    floor: floor ? median(pairs.flatMap((pair) => (pair.floor ? [pair.floor] : []))) : null,
  }
}

/** Memory of a process in megabytes. */
export function memoryOf(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024)
}

/** Processor time of a process in milliseconds, its threads included. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  // Clock ticks of a hundredth of a second, on every Linux that Node runs on.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}

function median(figures: Figure[]): Figure {
  return [...figures].sort((a, b) => a.requests - b.requests)[Math.floor(figures.length / 2)] ?? { requests: 0, p50: 0, p99: 0 }
}

async function drive(load: Load): Promise<Figure> {
  return hasWrk ? byWrk(load) : byAutocannon(load)
}

/** wrk takes its requests from a script in Lua. JSON's strings are Lua's but for the escapes of characters, which are spelled out. */
async function byWrk({ base, requests, connections = 32 }: Load): Promise<Figure> {
  const quoted = (text: string) =>
    `"${[...Buffer.from(text)].map((byte) => (byte > 31 && byte < 127 && byte !== 34 && byte !== 92 ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`)).join('')}"`
  const lines = requests.map(({ method, path, headers = {}, body }) => {
    const pairs = Object.entries(headers).map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`)
    return `wrk.format("${method}", ${quoted(path)}, {${pairs.join(',')}}${body === undefined ? '' : `, ${quoted(body)}`})`
  })
  // Lua takes no more than some thousand expressions in one function.
  const script = `local all = {}\ninit = function()\n${lines.map((line) => `all[#all + 1] = ${line}`).join('\n')}\nend\nlocal n = math.random(0, 1000)\nrequest = function() n = n + 1 return all[n % #all + 1] end\n`
  const path = join(folder, `${createHash('sha256').update(script).digest('hex').slice(0, 12)}.lua`)
  writeFileSync(path, script)
  const args = ['-t1', `-c${connections}`, `-d${SECONDS}s`, '--latency', '-s', path, base]
  const child = spawn(hasTwoCores ? 'taskset' : 'wrk', [...(hasTwoCores ? ['-c', '1', 'wrk'] : []), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  await new Promise((resolve) => child.once('exit', resolve))
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1])
  if (!perSecond || /Non-2xx/.test(said)) throw new Error(`wrk ${base}: ${said}`)
  return { requests: Math.round(perSecond), p50: milliseconds(said, '50'), p99: milliseconds(said, '99') }
}

function milliseconds(text: string, percentile: string): number {
  const [, value = '0', unit = 'ms'] = new RegExp(`${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(text) ?? []
  return round(Number(value) * ({ us: 0.001, ms: 1, s: 1_000 }[unit] ?? 1))
}

async function byAutocannon({ base, requests, connections = 32 }: Load): Promise<Figure> {
  const result = await autocannon({ url: base, connections, duration: SECONDS, requests: requests.map((request) => ({ ...request })) })
  if (result.non2xx > 0 && result['3xx'] === 0) throw new Error(`autocannon ${base}: ${result.non2xx} refused`)
  return { requests: Math.round(result.requests.average), p50: round(result.latency.p50), p99: round(result.latency.p99) }
}
