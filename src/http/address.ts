// Whose request it is, as far as an address tells: one key per IPv4 address or IPv6 /64, behind trusted proxies too. Pure.
import type { Networks } from '../core/abuse/pressure.ts'

/**
 * The address of the reader: the socket's peer, or with `trustedProxies` proxies of one's own in front the entry that many places from
 * the right of `X-Forwarded-For`. What a reader writes into that header stands further left and is never reached.
 */
export function readerAddress(peer: string | undefined, forwardedFor: string | undefined, trustedProxies: number): string {
  if (trustedProxies === 0) return peer ?? ''
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim())
  return hops.at(-trustedProxies) || (peer ?? '')
}

/**
 * The networks an address is counted under, however it is spelled: the IPv4 address itself, or the /64 of an IPv6 one and, as `wide`, the
 * /48 around it.
 */
export function networksOf(address: string): Networks {
  const network = networkOf(address)
  const groups = network.endsWith('::/64') ? network.split(':').slice(0, 3) : null
  return { network, wide: groups === null ? null : `${groups.join(':')}::/48` }
}

function networkOf(address: string): string {
  const bare = address.replace(/^\[|\](?::\d+)?$/g, '').replace(/%.*$/, '')
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?$/.test(bare)) return bare.replace(/:\d+$/, '')
  const groups = ipv6Groups(bare.toLowerCase())
  if (!groups) return bare
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (mapped) return [groups[6] ?? 0, groups[7] ?? 0].flatMap((group) => [group >> 8, group & 255]).join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

function ipv6Groups(text: string): number[] | null {
  const dotted = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  const [, head = '', a = '', b = '', c = '', d = ''] = dotted ?? []
  const plain = dotted ? `${head}${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}` : text
  const halves = plain.split('::')
  if (halves.length > 2) return null
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const words = [...left, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => '0'), ...right]
  const groups = words.map((word) => (/^[0-9a-f]{1,4}$/.test(word) ? Number.parseInt(word, 16) : Number.NaN))
  return groups.some(Number.isNaN) ? null : groups
}
