// The rules that a site's comments are screened by: the built-in ones and the office's own, made ready once for each version.
// Not for: applying them (screen.ts) or keeping them.

/** Rules made ready. `off` names those that are turned off on the site: codes, entries of built-in lists, or an office's own rules. */
export type Rules = { off: ReadonlySet<string> }

/** The rules of a site that has none of its own. */
export const BUILT_IN: Rules = { off: new Set() }
