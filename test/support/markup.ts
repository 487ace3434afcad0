// What a browser would make of an answer: its elements and attributes as a list that can be compared with another page's.
import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5'

type Node = DefaultTreeAdapterTypes.ChildNode
type Element = DefaultTreeAdapterTypes.Element

/** Attributes whose value can do something; of the others only the name is compared. */
const ACTIVE = /^(?:href|src|srcset|srcdoc|style|action|formaction|data|poster|background|cite|xlink:href|on.*)$/

/** Elements and attributes of a page, sorted, with how often each occurs. `neutral` takes out of values what differs by nature. */
export function shapeOf(html: string, neutral: (value: string) => string = (value) => value): string[] {
  const parts = elementsOf(parse(html).childNodes).flatMap((element) => partsOf(element, neutral))
  const counts = new Map<string, number>()
  for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1)
  return [...counts].map(([part, count]) => `${part} ×${count}`).sort()
}

/** What is wrong with a rendered body: elements other than p and br, and attributes. */
export function faultsOfBody(html: string): string[] {
  return elementsOf(parseFragment(html).childNodes).flatMap((element) => [
    ...(element.tagName === 'p' || element.tagName === 'br' ? [] : [element.tagName]),
    ...element.attrs.map(({ name }) => `@${name}`),
  ])
}

/** The texts of the elements with this class, in the page's order. */
export function textsOfClass(html: string, name: string): string[] {
  return elementsOf(parse(html).childNodes)
    .filter(({ attrs }) => attrs.some((attribute) => attribute.name === 'class' && attribute.value.split(/\s+/).includes(name)))
    .map((element) => textOf(element.childNodes))
}

/** Elements and attributes inside the first element with this class, each once. */
export function partsInClass(html: string, name: string): string[] {
  const first = elementsOf(parse(html).childNodes).find(({ attrs }) => attrs.some((each) => each.name === 'class' && each.value === name))
  const inside = first === undefined ? [] : elementsOf(first.childNodes)
  return [...new Set(inside.flatMap(({ tagName, attrs }) => [`<${tagName}>`, ...attrs.map((each) => `${tagName}@${each.name}`)]))].sort()
}

/** What of a page would run: scripts, and attributes that are handlers. */
export function runningIn(html: string): string[] {
  return elementsOf(parse(html).childNodes).flatMap(({ tagName, attrs }) => [
    ...(tagName === 'script' ? [`<script ${attrs.find(({ name }) => name === 'src')?.value}>`] : []),
    ...attrs
      .filter(({ name, value }) => /^on/.test(name) || (ACTIVE.test(name) && /^\s*(?:javascript|data|vbscript):/i.test(value)))
      .map(({ name }) => `${tagName}@${name}`),
  ])
}

/** The text of nodes and of all below them. */
export function textOf(nodes: readonly Node[]): string {
  return nodes.map((node) => ('value' in node ? node.value : 'childNodes' in node ? textOf(node.childNodes) : '')).join('')
}

/** What is wrong with an Atom document: markup it should not hold, references XML does not know, characters XML cannot hold. */
export function faultsOfAtom(xml: string): string[] {
  const own = /^<(?:\/?(?:feed|entry|id|title|updated|author|name|link|content)[\s>]|\?xml )/
  const tags = xml.match(/<[^>]*>?/g) ?? []
  return [
    ...tags.filter((tag) => !own.test(tag)),
    ...tags.filter((tag) => (tag.match(/"/g) ?? []).length % 2 === 1),
    ...(xml.match(/&(?!(?:amp|lt|gt|quot);).{0,8}/g) ?? []),
    ...Array.from(xml).filter((char) => /[\p{Cc}\uFFFE\uFFFF]/u.test(char) && !/[\t\n\r\u0080-\u009F\u007F]/.test(char)),
    ...contentsOfAtom(xml).flatMap(faultsOfBody),
  ]
}

/** The HTML of an Atom document's entries. */
export function contentsOfAtom(xml: string): string[] {
  return Array.from(xml.matchAll(/<content type="html">([^<]*)<\/content>/g), (match) => textOf(parseFragment(match[1] ?? '').childNodes))
}

function elementsOf(nodes: readonly Node[]): Element[] {
  return nodes.flatMap((node) => ('tagName' in node ? [node, ...elementsOf(childrenOf(node))] : []))
}

function childrenOf(element: Element): Node[] {
  return 'content' in element ? [...(element as DefaultTreeAdapterTypes.Template).content.childNodes] : element.childNodes
}

function partsOf(element: Element, neutral: (value: string) => string): string[] {
  return [
    `<${element.tagName}>`,
    ...element.attrs.map(({ name, prefix, value }) => {
      const full = prefix ? `${prefix}:${name}` : name
      return ACTIVE.test(full) ? `${element.tagName}@${full}=${neutral(value)}` : `${element.tagName}@${full}`
    }),
  ]
}
