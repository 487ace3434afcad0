// The frame of an HTML page and the pieces every page shares. Everything is escaped by hono/jsx but a rendered body.

import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Language } from '../i18n/index.ts'
import { base64url } from '../lib/crypto.ts'
import type { AppContext } from './door.ts'

type Policy = { frameAncestors: string; script?: 'nonce' | 'self'; connect?: boolean }

/** Sets a page's content security policy: its own style, its own script or one with the nonce, no frame but those named. */
export function allowPage(c: AppContext, policy: Policy): void {
  const script =
    policy.script === undefined
      ? ''
      : ` script-src ${policy.script === 'self' ? "'self'" : `'nonce-${nonceOf(c)}'`}; require-trusted-types-for 'script'; trusted-types 'none';`
  c.header(
    'content-security-policy',
    `default-src 'none'; style-src 'self'; img-src 'self';${script}${policy.connect ? " connect-src 'self';" : ''} base-uri 'none'; form-action 'self'; frame-ancestors ${policy.frameAncestors}`,
  )
}

/** The nonce of this answer's own scripts, made when a page first asks for it. */
export function nonceOf(c: AppContext): string {
  if (c.var.nonce === undefined) c.set('nonce', base64url(c.var.services.randomBytes(16)))
  return c.var.nonce ?? ''
}

/** A whole page. `colors` says what its style sheet has colours for. */
export function Page(props: {
  language: Language
  title: string
  style: string
  colors?: 'light' | 'dark'
  children?: Child
  head?: Child
  bodyClass?: string
}) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={props.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content={props.colors ?? 'light dark'} />
          <title>{props.title}</title>
          <link rel="stylesheet" href={props.style} />
          <link rel="icon" href="/assets/icon.svg" />
          {props.head}
        </head>
        <body class={props.bodyClass}>{props.children}</body>
      </html>
    </>
  )
}

/** A body as HTML. The only place where HTML is not escaped: it comes from core's renderer, which escapes and sanitizes. */
export function RenderedBody(props: { html: string }) {
  return <div class="body">{raw(props.html)}</div>
}

/** An address to link to, or null: only http and https, without a user name. */
export function safeHref(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address)
  return url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url.href : null
}
