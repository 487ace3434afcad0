// A crowd of connections held from a process of its own: idle ones that say nothing, and half-open
// ones that never finish their headers. Says "ready N M" when all are there; what the server closes stays closed.
import { connect } from 'node:net'

const [port = '', idle = '', halfOpen = ''] = process.argv.slice(2)
/** Connections opened at the same time, so that the crowd itself does not look like a flood of handshakes. */
const STEP = 250

await open(Number(idle), '')
await open(Number(halfOpen), 'POST /api/v1/sites/x/comments HTTP/1.1\r\nhost: x\r\nx-slow: ')
console.log(`ready ${idle} ${halfOpen}`)
setInterval(() => {}, 60_000)

async function open(count: number, text: string): Promise<void> {
  for (let opened = 0; opened < count; opened += STEP)
    await Promise.all(Array.from({ length: Math.min(STEP, count - opened) }, () => hold(text)))
}

function hold(text: string): Promise<void> {
  return new Promise((done) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1' }, () => {
      if (text !== '') socket.write(text)
      done()
    })
    socket.resume()
    socket.on('error', () => {})
    socket.on('close', done)
  })
}
