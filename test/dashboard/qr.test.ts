// The picture of a new secret says the same as the text beside it.
import decode from 'jsqr'
import { expect, it } from 'vitest'
import { invite } from '../../src/core/people/team.ts'
import { newClient } from '../support/browser.ts'
import { linkIn, PASSWORD } from '../support/person.ts'
import { openWard } from '../support/ward.ts'

/** Pixels to a module: what a camera would see. */
const SCALE = 4

it('a QR code of the set-up page is read as the authenticator’s address with the secret that is shown', async () => {
  const ward = await openWard()
  const email = `hinh-${ward.slug}@phuongthu.example`
  const { link, statements } = invite(ward.services, { email, site: ward.slug, role: 'viewer' })
  await ward.store.batch(statements)
  const client = newClient(ward)
  await client.post('/desk/signin', { link: linkIn(link.url), name: 'Cô Hình', password: PASSWORD })
  const { html } = await client.get('/desk/signin/step')
  const size = Number(/viewBox="0 0 (\d+) \d+"/.exec(html)?.[1]) * SCALE
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  for (const [, x, y] of html.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let dy = 0; dy < SCALE; dy++)
      for (let dx = 0; dx < SCALE; dx++) {
        const at = ((Number(y) * SCALE + dy) * size + Number(x) * SCALE + dx) * 4
        pixels.fill(0, at, at + 3)
      }
  const text = decode.default(pixels, size, size)?.data ?? ''
  const secret = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(html)?.[1]?.replaceAll(' ', '')
  expect(text).toMatch(/^otpauth:\/\/totp\//)
  expect(new URL(text).searchParams.get('secret')).toBe(secret)
  expect(decodeURIComponent(text)).toContain(email)
})
