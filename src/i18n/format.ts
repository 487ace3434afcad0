// How a sentence gets its numbers and names, and how dates and times read. Pure; shared by server and widget.

/** Replaces each `{name}` in a sentence by its value; a name without a value stays as it is, so that it is noticed. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole))
}

const ZONE_OFFSET_MS = 7 * 60 * 60 * 1000

/** `HH:mm dd/MM/yyyy` in Asia/Ho_Chi_Minh, from ISO-8601 UTC. The zone has had no daylight saving since 1975, so its offset is a constant. */
export function dateTime(iso: string): string {
  return `${clockTime(iso)} ${date(iso)}`
}

/** `dd/MM/yyyy` in Asia/Ho_Chi_Minh. */
export function date(iso: string): string {
  const local = inVietnam(iso)
  return `${local.slice(8, 10)}/${local.slice(5, 7)}/${local.slice(0, 4)}`
}

/** `HH:mm` in Asia/Ho_Chi_Minh. */
function clockTime(iso: string): string {
  return inVietnam(iso).slice(11, 16)
}

function inVietnam(iso: string): string {
  return new Date(Date.parse(iso) + ZONE_OFFSET_MS).toISOString()
}
