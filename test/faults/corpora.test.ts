// Whatever is typed, no page, feed or answer shows anything but text, and no bytes make the service fail or store what was not sent.
// Runs with the project's own cases; `npm run test:corpora -- FOLDER` runs it with whole collections.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import type { Outcome } from '../../src/core/moderation/decide.ts'
import { SIGNAL_CODES } from '../../src/core/screening/signal.ts'
import { switchRule } from '../../src/core/screening/wordlist.ts'
import { readCorpora } from '../support/corpora.ts'
import { textsOf } from '../support/dump.ts'
import { contentsOfAtom, faultsOfAtom, faultsOfBody, partsInClass, runningIn, shapeOf, textsOfClass } from '../support/markup.ts'
import { filled, nameOf, type Route, writeRoutesOf } from '../support/routes.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

const corpora = readCorpora()
/** Comments shown on one page of desk and thread, so that a batch is on one page everywhere. */
const BATCH = 20
/** A whole collection takes minutes. */
const TIMEOUT_MS = 30 * 60_000

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' })
const lengthOf = (text: string) => [...graphemes.segment(text.normalize('NFC'))].length
const kept = (text: string) => text.replaceAll('\r\n', '\n').normalize('NFC')

/** The same text with every visible ASCII character made a q, which composes with no mark: as long, as odd, and harmless. */
const harmless = (text: string) => text.normalize('NFC').replace(/[\x21-\x7E]/g, 'q')

type Side = { ward: Ward; cookie: string; token: string }
type Place = 'body' | 'name' | 'title'

async function openSide(): Promise<Side> {
  const ward = await openWard({ YKIEN_UNDO_SECONDS: '0' })
  // What screening says of a text differs between a hostile one and its harmless twin, and rightly so; here markup is compared.
  for (const rule of SIGNAL_CODES)
    await switchRule(await ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Một', role: 'admin' }), { rule, off: true })
  return { ward, cookie: await ward.signIn('admin'), token: await ward.token('admin') }
}

/** Takes what differs between two wards by nature out of an address. */
const neutralFor =
  ({ ward }: Side) =>
  (value: string) =>
    value
      .replaceAll(ward.slug, 'SLUG')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
      .replace(/after=[\w-]+/g, 'after=PLACE')

const articleOf = (place: Place, batch: number, index: number) => {
  const key = place === 'title' ? `bai-${batch}-${index}` : `${place}-${batch}`
  return { key, url: `${PORTAL}/${key}` }
}

function inputOf(place: Place, batch: number, index: number, text: string) {
  const article = articleOf(place, batch, index)
  if (place === 'body') return { article, body: text }
  if (place === 'name') return { article, body: 'Ý kiến có tên người gửi.', author: { name: text }, consents: ['terms', 'name'] }
  return { article: { ...article, title: text }, body: 'Ý kiến về một bài có tựa.' }
}

/** Whether the rules refuse the text in this place, and by which code; written anew here, not taken from the code under test. */
function refusalOf(place: Place, text: string): string | null {
  const isOdd = !text.isWellFormed()
  if (place === 'name') {
    const cleaned = text
      .normalize('NFC')
      .replace(/\s+/g, ' ')
      .replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, '')
      .trim()
    return isOdd || lengthOf(cleaned) > 80 ? 'name_invalid' : null
  }
  if (place === 'title') return isOdd || text.includes('\0') ? 'validation' : null
  if (Buffer.byteLength(text) > 64 * 1024) return 'body_too_long'
  const rest = text.replaceAll('\r\n', '')
  if (isOdd || Array.from(rest).some((char) => char < ' ' && char !== '\n' && char !== '\t')) return 'body_characters'
  const length = lengthOf(kept(text).trim())
  return length < 2 ? 'body_too_short' : length > 2_000 ? 'body_too_long' : null
}

async function post(side: Side, input: unknown): Promise<Response> {
  return side.ward.request(`/api/v1/sites/${side.ward.slug}/comments`, { method: 'POST', body: input as Record<string, unknown> })
}

type View = { name: string; kind: 'html' | 'json' | 'atom'; text: string }

async function view(
  side: Side,
  kind: View['kind'],
  path: string,
  init: Parameters<Ward['request']>[1] = {},
  statuses = [200],
): Promise<View> {
  const response = await side.ward.request(path, init)
  const text = await response.text()
  if (!statuses.includes(response.status)) throw new Error(`${path}: ${response.status} ${text.slice(0, 400)}`)
  return { name: neutralFor(side)(path), kind, text }
}

/** Everything that shows waiting comments. */
async function waitingViews(side: Side, sent: readonly Submitted[]): Promise<View[]> {
  const { ward, cookie, token } = side
  const admin = `/api/v1/admin/sites/${ward.slug}`
  const bearer = { headers: { authorization: `Bearer ${token}` } }
  const views = [
    await view(side, 'html', `/desk/${ward.slug}/queue`, { headers: { cookie } }),
    await view(side, 'json', `${admin}/queue`, bearer),
  ]
  for (const { comment, receipt } of sent) {
    views.push(
      await view(side, 'html', `/desk/${ward.slug}/comments/${comment.id}`, { headers: { cookie } }),
      await view(side, 'json', `${admin}/comments/${comment.id}`, bearer),
      await view(side, 'json', `/api/v1/receipts/${receipt.code}`, { headers: { authorization: `Bearer ${receipt.secret}` } }),
      await view(side, 'html', `/r/${ward.slug}/receipt`, {
        method: 'POST',
        body: new URLSearchParams({ receipt: `${receipt.code}-${receipt.secret}` }),
      }),
    )
  }
  return views.map((each) => ({ ...each, name: each.name.replace(/receipts\/\w+/, 'receipts/CODE') }))
}

/** Everything that shows published comments of these articles. */
async function publicViews(side: Side, keys: readonly string[]): Promise<View[]> {
  const { ward, cookie } = side
  const views = [
    await view(side, 'html', `/desk/${ward.slug}/queue?state=published`, { headers: { cookie } }),
    await view(side, 'atom', `/feeds/${ward.slug}.atom`),
    await view(side, 'json', `/feeds/${ward.slug}.json`),
  ]
  for (const key of keys) {
    const thread = await view(side, 'json', `/api/v1/sites/${ward.slug}/threads?key=${key}`)
    const { id } = (JSON.parse(thread.text) as { thread: { id: string } }).thread
    views.push(
      thread,
      await view(side, 'html', `/r/${ward.slug}?key=${key}`),
      await view(side, 'atom', `/feeds/${ward.slug}/${id}.atom`),
      await view(side, 'json', `/feeds/${ward.slug}/${id}.json`),
    )
  }
  return views
}

/** Pages that say back what was typed into their form, or what their address holds. */
async function echoViews(side: Side, text: string): Promise<View[]> {
  const { ward } = side
  const typed = new URLSearchParams({ key: 'bai-doi', title: text, body: text, name: text, email: 'khong phai thu', consent_terms: 'on' })
  const query = new URLSearchParams({ key: 'bai-trong', title: text })
  return [
    await view(side, 'html', `/r/${ward.slug}`, { method: 'POST', body: typed }, [422]),
    { ...(await view(side, 'html', `/r/${ward.slug}?${query}`)), name: '/r/SLUG?title' },
    await view(side, 'html', `/r/${ward.slug}/receipt`, { method: 'POST', body: new URLSearchParams({ receipt: text }) }, [404]),
  ]
}

/** Every piece of HTML inside a JSON answer. */
function htmlIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(htmlIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => (/_html$/.test(name) && typeof part === 'string' ? [part] : htmlIn(part)))
}

/** What a view shows beyond text, compared with the harmless one in its place. */
function difference(attacked: View, plain: View | undefined, sides: readonly [Side, Side]): string[] {
  if (plain === undefined || plain.name !== attacked.name) return [`no page to compare ${attacked.name} with`]
  const [here, there] = [
    { text: attacked.text, neutral: neutralFor(sides[0]) },
    { text: plain.text, neutral: neutralFor(sides[1]) },
  ]
  if (attacked.kind === 'json') {
    const [bodies, others] = [htmlIn(JSON.parse(here.text)), htmlIn(JSON.parse(there.text))]
    return [
      ...bodies.flatMap(faultsOfBody),
      ...unlike(
        bodies.flatMap((html) => shapeOf(html)),
        others.flatMap((html) => shapeOf(html)),
      ),
    ]
  }
  const faults = attacked.kind === 'atom' ? faultsOfAtom(here.text) : []
  return [...faults, ...unlike(shapeOf(here.text, here.neutral), shapeOf(there.text, there.neutral))]
}

function unlike(one: readonly string[], other: readonly string[]): string[] {
  const [ones, others] = [new Set(one), new Set(other)]
  return [
    ...[...ones].filter((part) => !others.has(part)).map((part) => `+ ${part}`),
    ...[...others].filter((part) => !ones.has(part)).map((part) => `- ${part}`),
  ]
}

let attacked: Side
let plain: Side
const counted = { sent: 0, accepted: 0, refused: {} as Record<string, number>, views: 0 }

beforeAll(async () => {
  ;[attacked, plain] = [await openSide(), await openSide()]
})

function compare(views: readonly View[], others: readonly View[], told: string): void {
  expect(views.length).toBe(others.length)
  counted.views += views.length
  const faults = views.flatMap((each, index) => difference(each, others[index], [attacked, plain]).map((fault) => `${each.name}: ${fault}`))
  expect(faults, told).toEqual([])
}

/** Sends a batch in one place, on both sides; gives what was accepted. */
async function sendBatch(place: Place, batch: number, texts: readonly string[]) {
  const accepted: { text: string; key: string; here: Submitted; there: Submitted }[] = []
  for (const [index, text] of texts.entries()) {
    counted.sent++
    const response = await post(attacked, inputOf(place, batch, index, text))
    const expected = refusalOf(place, text)
    if (expected !== null) {
      expect(await response.json(), `${place} ${JSON.stringify(text)}`).toMatchObject({ status: 422, code: expected })
      counted.refused[`${place}: ${expected}`] = (counted.refused[`${place}: ${expected}`] ?? 0) + 1
      continue
    }
    expect(response.status, `${place} ${JSON.stringify(text)}`).toBe(202)
    counted.accepted++
    const twin = await post(plain, inputOf(place, batch, index, harmless(text)))
    expect(twin.status, `the harmless ${place} of ${JSON.stringify(text)}: ${harmless(text)}`).toBe(202)
    accepted.push({
      text,
      key: articleOf(place, batch, index).key,
      here: (await response.json()) as Submitted,
      there: (await twin.json()) as Submitted,
    })
    // Ids and times in the order of sending, on both sides.
    for (const { ward } of [attacked, plain]) ward.clock.ms += 1_000
  }
  return accepted
}

async function approve(side: Side, sent: readonly Submitted[]): Promise<void> {
  const response = await side.ward.request(`/api/v1/admin/sites/${side.ward.slug}/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${side.token}` },
    body: { items: sent.map(({ comment }) => ({ comment: comment.id, version: 1, verdict: 'approve' })) },
  })
  const { outcomes } = (await response.json()) as { outcomes: Outcome[] }
  expect(outcomes.map(({ status }) => status)).toEqual(sent.map(() => 'done'))
  // A session ends when nobody uses it for a while; the clocks go on fast here.
  side.cookie = await side.ward.signIn('admin')
}

function inBatches(texts: readonly string[]): string[][] {
  const distinct = [...new Set(texts)]
  return Array.from({ length: Math.ceil(distinct.length / BATCH) }, (_, index) => distinct.slice(index * BATCH, (index + 1) * BATCH))
}

/** The bodies of a batch as every view that gives the text itself tells them. */
function expectUnaltered(views: readonly View[], expected: ReadonlyMap<string, string>): void {
  for (const each of views) {
    if (each.kind === 'json') {
      for (const { id, text } of textsIn(JSON.parse(each.text))) {
        const body = expected.get(id)
        if (body !== undefined) expect(text, `${each.name} of ${id}`).toBe(body)
      }
    }
  }
}

/** Every id with its text, in any of our JSON shapes. */
function textsIn(value: unknown): { id: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  const item = value as Record<string, unknown>
  const id = typeof item.id === 'string' ? item.id.replace('urn:uuid:', '') : (item.comment as { id?: string } | undefined)?.id
  const text = item.body_text ?? item.content_text
  const own = typeof id === 'string' && typeof text === 'string' && !('number' in item) ? [{ id, text }] : []
  return [...own, ...Object.values(item).flatMap(textsIn)]
}

describe(`text of citizens (${corpora.from})`, () => {
  it.each(['body', 'name', 'title'] as const)(
    'as %s makes no element and no attribute on any page, feed or answer',
    async (place) => {
      for (const [batch, texts] of inBatches(corpora.attacks).entries()) {
        const accepted = await sendBatch(place, batch, texts)
        if (accepted.length === 0) continue
        const [here, there] = [accepted.map((each) => each.here), accepted.map((each) => each.there)]
        const told = `${place}, batch ${batch}: ${JSON.stringify(texts).slice(0, 3_000)}`
        const bodies = new Map(place === 'body' ? accepted.map(({ text, here: { comment } }) => [comment.id, kept(text)]) : [])

        const waiting = await waitingViews(attacked, here)
        compare(waiting, await waitingViews(plain, there), told)
        expectUnaltered(waiting, bodies)
        if (place === 'body') {
          for (const { text, here: sent } of accepted) {
            const page = waiting.filter(({ kind, text: html }) => kind === 'html' && html.includes(`c-${sent.comment.id}"`)).at(-1)
            expect(textsOfClass(page?.text ?? '', 'body')[0], 'the desk shows the text as it was typed').toBe(kept(text))
          }
        }

        await approve(attacked, here)
        await approve(plain, there)
        const keys = [...new Set(accepted.map(({ key }) => key))]
        const shown = await publicViews(attacked, keys)
        compare(shown, await publicViews(plain, keys), told)
        expectUnaltered(shown, bodies)
        if (place === 'body') {
          const [thread] = shown.filter(({ name }) => name.includes('/threads?'))
          expect(textsIn(JSON.parse(thread?.text ?? '{}')).length, 'each is shown').toBe(accepted.length)
          const atom = shown.filter(({ kind }) => kind === 'atom').at(-1)
          expect(contentsOfAtom(atom?.text ?? '').length).toBe(accepted.length)
        }
      }
    },
    TIMEOUT_MS,
  )

  it(
    'stands whole and once on the desk with all that screening points out in it, in marks and nothing else',
    async () => {
      const ward = await openWard()
      const cookie = await ward.signIn('admin')
      const read = async (id: string) => (await ward.request(`/desk/${ward.slug}/comments/${id}`, { headers: { cookie } })).text()
      const own = runningIn(await read((await ward.submit('Đối chứng.')).comment.id))
      let pointedOut = 0
      for (const text of new Set(corpora.attacks)) {
        if (refusalOf('body', text) !== null) continue
        const html = await read((await ward.submit(text)).comment.id)
        expect(textsOfClass(html, 'body')[0], JSON.stringify(text)).toBe(kept(text))
        const parts = partsInClass(html, 'body')
        const others = parts.filter((part) => !['<mark>', 'mark@class', 'mark@title', 'mark@data-code'].includes(part))
        expect(others, JSON.stringify(text)).toEqual([])
        expect(runningIn(html), JSON.stringify(text)).toEqual(own)
        if (parts.includes('<mark>')) pointedOut++
      }
      expect(pointedOut).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )

  it(
    'makes no element when a form is shown again with it',
    async () => {
      for (const text of new Set(corpora.attacks)) {
        if (!text.isWellFormed()) continue
        compare(await echoViews(attacked, text), await echoViews(plain, harmless(text)), JSON.stringify(text))
      }
    },
    TIMEOUT_MS,
  )

  it('was looked for where it would show: HTML put into the database is found out', async () => {
    const [one, other] = [
      await attacked.ward.published('Đối chứng.', { article: { key: 'doi-chung' } }),
      await plain.ward.published('Đối chứng.', { article: { key: 'doi-chung' } }),
    ]
    expect(one.comment.state).toBe(other.comment.state)
    const pages = async () => [await publicViews(attacked, ['doi-chung']), await publicViews(plain, ['doi-chung'])] as const
    const faults = async () => {
      const [here, there] = await pages()
      return here.flatMap((each, index) => difference(each, there[index], [attacked, plain]).map(() => each.kind))
    }
    expect(await faults()).toEqual([])
    await attacked.ward.store.batch([
      attacked.ward.store.db
        .updateTable('comment')
        .set({ public_html: '<p>Đối <b onclick="x">chứng</b>.</p>' })
        .where('id', '=', one.comment.id),
      // What readers get is kept until the thread's revision moves.
      attacked.ward.store.db
        .updateTable('thread')
        .set((is) => ({ revision: is('revision', '+', 1) }))
        .where('key', '=', 'doi-chung'),
    ])
    expect(new Set(await faults())).toEqual(new Set(['html', 'json', 'atom']))
  })

  it('was counted', () => {
    console.log(
      `corpora (${corpora.from}): ${counted.sent} sendings, ${counted.accepted} accepted and unaltered, refused ${JSON.stringify(counted.refused)}; ${counted.views} pages, feeds and answers compared`,
    )
    expect(counted.accepted).toBeGreaterThan(corpora.attacks.length)
    expect(counted.views).toBeGreaterThan(counted.accepted)
  })
})

const encoder = new TextEncoder()
const joined = (...parts: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part))))
const percent = (bytes: Uint8Array) => Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

describe(`bytes (${corpora.from})`, () => {
  let side: Side
  let routes: Route[]
  const asked: Record<string, number> = {}

  beforeAll(async () => {
    side = await openSide()
    routes = writeRoutesOf(side.ward.services)
  })

  /** A sender for one route with every right it asks for, on comments of its own. */
  async function senderFor(route: Route): Promise<(type: string, body: Uint8Array<ArrayBuffer>) => Promise<Response>> {
    const { ward, token } = side
    const sent = await ward.submit('Để thử một lối vào.')
    const decided = await ward.submit('Để thử hoàn tác.')
    const { decision } = await ward.decide(token, { comment: decided.comment.id, version: 1, verdict: 'hold' })
    const cookie = await ward.signIn('admin')
    const id = route.path.includes('decisions') ? (decision ?? '') : sent.comment.id
    const bearer = route.path.startsWith('/api/v1/admin') ? token : sent.edit.token
    const rights: Record<string, string> = route.path.startsWith('/desk') ? { cookie, origin: BASE } : { authorization: `Bearer ${bearer}` }
    const path = filled(route.path, { site: ward.slug, id })
    return async (type, body) => {
      const response = await ward.request(path, { method: route.method, headers: { ...rights, 'content-type': type }, body })
      asked[response.status] = (asked[response.status] ?? 0) + 1
      return response
    }
  }

  const JSON_TYPE = 'application/json'
  const FORM_TYPE = 'application/x-www-form-urlencoded'

  /** A JSON body for a route with the bytes inside its strings. */
  function jsonAround(route: Route, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    if (route.path.endsWith('/comments')) return joined('{"article":{"key":"byte"},"body":"ab', bytes, 'cd"}')
    if (route.path.endsWith('/counts')) return joined('{"articles":[{"key":"ab', bytes, 'cd"}]}')
    if (route.path.endsWith('/moved')) return joined('{"shown":[{"id":"ab', bytes, '","version":1}]}')
    if (route.path.endsWith('/decisions'))
      return joined('{"items":[{"comment":"ab', bytes, '","version":1,"verdict":"hold","note":"', bytes, '"}]}')
    return joined('{"body":"ab', bytes, 'cd"}')
  }

  const FIELDS = ['body', 'name', 'title', 'receipt', 'link', 'comment', 'note']
  const formAround = (bytes: string | Uint8Array) =>
    joined('key=byte&consent_terms=on&', ...FIELDS.flatMap((field) => [`${field}=ab`, bytes, 'cd&']))

  const isServed = async (response: Response, told: string) => {
    const text = await response.text()
    expect(response.status, `${told}: ${text.slice(0, 300)}`).toBeLessThan(500)
    return text
  }

  it(
    'that should be JSON make no write route fail',
    async () => {
      for (const route of routes) {
        const send = await senderFor(route)
        for (const { name, bytes } of corpora.json) {
          const told = `${nameOf(route)} with ${name}`
          await isServed(await send(JSON_TYPE, bytes), told)
          await isServed(await send(JSON_TYPE, joined('{"article":{"key":"nst"},"body":', bytes, '}')), told)
          await isServed(await send(FORM_TYPE, bytes), told)
          await isServed(await send('application/vnd.thu+json; charset=utf-8', bytes), told)
        }
      }
    },
    TIMEOUT_MS,
  )

  it(
    'that are not UTF-8 are refused by every write route, and never become another character',
    async () => {
      const invalid = corpora.utf8.filter(({ isValid }) => !isValid)
      expect(invalid.length).toBeGreaterThan(5)
      for (const route of routes) {
        const send = await senderFor(route)
        for (const { id, bytes } of invalid) {
          const told = `${nameOf(route)} with ${id}`
          for (const [type, body] of [
            [JSON_TYPE, bytes],
            [JSON_TYPE, jsonAround(route, bytes)],
            [FORM_TYPE, formAround(bytes)],
            ['text/plain', bytes],
          ] as const) {
            const response = await send(type, body)
            const text = await isServed(response, told)
            expect(response.status, told).toBe(400)
            expect(text, told).not.toContain('\uFFFD')
          }
          // Written as %XX they are a good body whose fields are not.
          const response = await send(FORM_TYPE, formAround(percent(bytes)))
          expect(await isServed(response, told), told).not.toContain('\uFFFD')
          if (route.path.startsWith('/r/')) expect(response.status, told).toBe(400)
        }
      }
      expect((await textsOf(side.ward.store)).filter(({ text }) => text.includes('\uFFFD')).map(({ place }) => place)).toEqual([])
    },
    TIMEOUT_MS,
  )

  it(
    'that are UTF-8 are kept as the text they are, or refused by a rule',
    async () => {
      const { ward } = side
      const newest = async () =>
        (await ward.store.db.selectFrom('revision').select(['body', 'comment_id']).orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow())
          .body
      let accepted = 0
      for (const { id, bytes } of corpora.utf8.filter(({ isValid }) => isValid)) {
        const text = `ab${new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)}cd`
        const viaJson = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
          method: 'POST',
          headers: { 'content-type': JSON_TYPE },
          body: joined('{"article":{"key":"byte"},"body":', encoder.encode(JSON.stringify(text)), '}'),
        })
        const expected = refusalOf('body', text)
        expect(viaJson.status, id).toBe(expected === null ? 202 : 422)
        if (expected !== null) continue
        accepted++
        expect(await newest(), id).toBe(kept(text))
        for (const form of [joined(`key=byte&consent_terms=on&body=${percent(encoder.encode(text))}`)]) {
          const viaForm = await ward.request(`/r/${ward.slug}`, { method: 'POST', headers: { 'content-type': FORM_TYPE }, body: form })
          expect(viaForm.status, id).toBe(200)
          expect(await newest(), id).toBe(kept(text))
        }
      }
      expect(accepted).toBeGreaterThan(3)
    },
    TIMEOUT_MS,
  )

  it(
    'that attack spreadsheets, logs, layouts or reviewers come back identical or are refused by a rule',
    async () => {
      const { ward } = side
      for (const text of [...corpora.texts, ...corpora.pollution]) {
        const input = {
          article: { key: 'van-ban', title: text.isWellFormed() ? text.replaceAll('\0', '') : '' },
          body: text,
          author: { name: 'x' },
        }
        const response = await post(side, input)
        const expected = refusalOf('body', text)
        expect(response.status, JSON.stringify(text)).toBe(expected === null ? 202 : 422)
        if (expected !== null) continue
        const { comment } = (await response.json()) as Submitted
        const item = await ward.request(`/api/v1/admin/sites/${ward.slug}/comments/${comment.id}`, {
          headers: { authorization: `Bearer ${side.token}` },
        })
        expect(((await item.json()) as { body_text: string }).body_text).toBe(kept(text))
      }
    },
    TIMEOUT_MS,
  )

  it(
    'that would pollute a prototype pollute none, on any write route',
    async () => {
      const before = Object.getOwnPropertyNames(Object.prototype)
      for (const route of routes) {
        const send = await senderFor(route)
        for (const body of corpora.pollution) {
          await isServed(await send(JSON_TYPE, joined(body)), `${nameOf(route)} with ${body}`)
          await isServed(
            await send(FORM_TYPE, joined('__proto__[polluted]=1&constructor=1&__proto__=x&body=', percent(encoder.encode(body)))),
            nameOf(route),
          )
        }
      }
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    },
    TIMEOUT_MS,
  )

  it('were counted, and none was answered with an error of the server', () => {
    const requests = Object.values(asked).reduce((sum, count) => sum + count, 0)
    console.log(`bytes (${corpora.from}): ${routes.length} write routes, ${requests} requests, by status ${JSON.stringify(asked)}`)
    expect(requests).toBeGreaterThan(routes.length * corpora.json.length)
    expect(Object.keys(asked).filter((status) => Number(status) >= 500)).toEqual([])
    expect(side.ward.logged.filter(({ event }) => event === 'request.failed')).toEqual([])
  })
})
