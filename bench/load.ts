// A steady load beside a measurement: fifty posts and five approvals a second, until SIGTERM; then prints what it did.
const [base = '', site = '', key = '', token = ''] = process.argv.slice(2)
const json = { 'content-type': 'application/json' }
const waiting: string[] = []
let posted = 0
let approved = 0

setInterval(async () => {
  const body = JSON.stringify({ article: { key }, body: `Ý kiến gửi trong lúc đo, số ${Date.now()}-${posted}.` })
  const response = await fetch(`${base}/api/v1/sites/${site}/comments`, { method: 'POST', headers: json, body })
  if (response.status !== 202) throw new Error(`post: ${response.status}`)
  posted++
  const { comment } = (await response.json()) as { comment: { id: string } }
  if (posted % 10 === 0) waiting.push(comment.id)
}, 20)

setInterval(async () => {
  const comment = waiting.shift()
  if (!comment) return
  const response = await fetch(`${base}/api/v1/admin/sites/${site}/decisions`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${token}` },
    body: JSON.stringify({ items: [{ comment, version: 1, verdict: 'approve' }] }),
  })
  if (response.status !== 200) throw new Error(`approve: ${response.status}`)
  approved++
}, 200)

process.on('SIGTERM', () => {
  process.stdout.write(JSON.stringify({ posted, approved }), () => process.exit(0))
})
