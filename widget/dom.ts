// Builds elements without ever parsing markup, so that a page under Trusted Types can hold the section.
// Not for: anything that knows what the section shows.

export type Child = Node | string | null | false

type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>

/**
 * An element with attributes (a string is its class) and children. `true` writes an empty attribute, `false` none; a function under
 * `onclick` listens to `click`. Every class is a part too, so that a page can style it.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: string | Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(typeof attributes === 'string' ? { class: attributes } : attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== false) element.setAttribute(name, value === true ? '' : `${value}`)
    if (name === 'class') element.setAttribute('part', `${value}`)
  }
  element.append(...children.filter((child) => child !== null && child !== false))
  return element
}

/** A button that does not submit. `kind` is its class, beside `button`. */
export function button(kind: string, label: string, onclick: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${kind}`, onclick }, label)
}

let lastId = 0

/** An id that no other element of any section on the page has. */
export function nextId(): string {
  lastId += 1
  return `yk-${lastId}`
}
