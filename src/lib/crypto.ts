// Keyed hashes, tokens, sealed text and constant-time comparison, the same on every host. Sealing is WebCrypto's; hashes of a few
// bytes are not, since a trip to its thread pool costs more than the hash.
import { hmac as nobleHmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand is not mistaken. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** SHA-256 as lower-case hex. For tokens of 256 random bits, which need no salt and no slow hash. */
export function sha256(text: string): string {
  return bytesToHex(nobleSha256(utf8ToBytes(text)))
}

/** SHA-256 of bytes. */
export function sha256Bytes(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** HMAC-SHA-256 of the parts, each prefixed by its length so that no two lists of parts collide. 32 bytes. */
export function hmac(secret: string, ...parts: string[]): Uint8Array<ArrayBuffer> {
  const message = parts.map((part) => `${part.length}:${part}`).join('|')
  return new Uint8Array(nobleHmac(nobleSha256, utf8ToBytes(secret), utf8ToBytes(message)))
}

/**
 * A keyed hash for one purpose: HMAC-SHA-256 as base64url, under a key derived from the secret. The key is made ready once, so that
 * the hash of each further text costs half.
 */
export function keyedHash(secret: string, purpose: string): (text: string) => string {
  const ready = nobleHmac.create(nobleSha256, hmac(secret, 'key', purpose))
  return (text) => base64url(new Uint8Array(ready.clone().update(utf8ToBytes(text)).digest()))
}

/** Bytes as base64url without padding. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The bytes of base64url text; null when it is not. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

/** `length` characters of Crockford's base 32, five bits each, from the first bytes given. */
export function base32(bytes: Uint8Array, length: number): string {
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    held += 8
    while (held >= 5 && text.length < length) {
      held -= 5
      text += CROCKFORD[(bits >> held) & 31]
    }
    bits &= (1 << held) - 1
  }
  if (text.length < length) throw new Error(`${bytes.length} bytes give ${text.length} characters, not ${length}`)
  return text
}

/** Compares two texts in time that depends on their length only. */
export function equalSecret(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index % (b.length || 1))
  return difference === 0
}

/** Seals text with AES-256-GCM under a key derived from the secret for one purpose: base64url of nonce and ciphertext. */
export async function seal(secret: string, purpose: string, text: string): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const key = await sealingKey(secret, purpose)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, encoder.encode(text)))
  return `${base64url(nonce)}.${base64url(sealed)}`
}

/** Opens what {@link seal} made. Throws when secret or purpose differ or a bit was changed. */
export async function unseal(secret: string, purpose: string, sealed: string): Promise<string> {
  const [nonce, text] = sealed.split('.').map(fromBase64url)
  if (!nonce || !text) throw new Error('sealed text is malformed')
  const key = await sealingKey(secret, purpose)
  return decoder.decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, text))
}

async function sealingKey(secret: string, purpose: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', hmac(secret, 'seal', purpose), 'AES-GCM', false, ['encrypt', 'decrypt'])
}
