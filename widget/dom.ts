// Builds elements without ever parsing markup, so that a page under Trusted Types can hold the section.
// Not for: anything that knows what the section shows.

export type Child = Node | string | null | false | undefined

type Attributes = Readonly<Record<string, string | number | boolean | undefined | null | ((event: Event) => void)>>

/**
 * An element with attributes (a string is its class) and children. `true` writes an empty attribute, `false` and nothing none; a function
 * under `onclick` listens to `click`. Every class is a part too, so that a page can style it.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: string | Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(typeof attributes === 'string' ? { class: attributes } : attributes)) {
    if (name === 'class') element.setAttribute('part', `${value}`)
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value) element.setAttribute(name, value === true ? '' : `${value}`)
  }
  show(element, ...children)
  return element
}

/** A button that does not submit. `kind` is its class, beside `button`. */
export function button(kind: string, label: string, onclick: () => void, more: Attributes = {}): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${kind}`, onclick, ...more }, label)
}

/** Shows a sentence in an element's place; screen readers speak it where the element is an alert or a status. */
export function show(element: ParentNode, ...children: readonly Child[]): void {
  element.replaceChildren(...(children.filter(Boolean) as (Node | string)[]))
}

/** Moves the focus where the browser would not put it by itself. */
export function focusOn(element: HTMLElement): void {
  element.tabIndex = -1
  element.focus()
}

/** States an `aria-…` attribute. Not by the property, which browsers of some years ago do not know. */
export function aria(element: Element, name: 'pressed' | 'busy' | 'disabled' | 'invalid', value: boolean): void {
  element.setAttribute(`aria-${name}`, `${value}`)
}
