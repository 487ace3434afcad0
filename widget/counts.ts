// Fills the numbers of opinions on pages that list articles: <y-kien-count site="SLUG" article="KEY"></y-kien-count>, all of a page in
// one request. A script of its own: list pages need nothing else of the section.

/** The service takes no more articles than this in one request. */
const MOST_COUNTED = 100

const waiting = new Set<HTMLElement>()

/** Shows the number of published opinions of an article; what it held before stays where there is no answer. */
class CountElement extends HTMLElement {
  connectedCallback(): void {
    // All that a page brings at once, or adds at once, is asked about together.
    if (waiting.size === 0) queueMicrotask(() => void count())
    waiting.add(this)
  }
}

async function count(): Promise<void> {
  const elements = [...waiting]
  waiting.clear()
  for (const site of new Set(elements.map((element) => element.getAttribute('site') ?? ''))) {
    const ofSite = elements.filter((element) => element.getAttribute('site') === site)
    for (let start = 0; start < ofSite.length; start += MOST_COUNTED) await fill(site, ofSite.slice(start, start + MOST_COUNTED))
  }
}

async function fill(site: string, elements: readonly HTMLElement[]): Promise<void> {
  const query = new URLSearchParams(elements.map((element) => ['key', element.getAttribute('article') ?? '']))
  try {
    const response = await fetch(`${new URL(import.meta.url).origin}/api/v1/sites/${site}/counts?${query}`, { credentials: 'omit' })
    const { counts } = (await response.json()) as { counts?: readonly number[] }
    counts?.forEach((n, index) => {
      elements[index]?.replaceChildren(n.toLocaleString(elements[index].closest<HTMLElement>('[lang]')?.lang || 'vi'))
    })
  } catch {
    // A list page is whole without its numbers.
  }
}

if (!customElements.get('y-kien-count')) customElements.define('y-kien-count', CountElement)
