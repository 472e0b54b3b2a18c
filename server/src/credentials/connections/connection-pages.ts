import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { DomainError } from '../../platform/errors.ts'
import type { LinkPurpose } from './links.ts'

const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

const style = `
:root { color-scheme: light dark; --ground: light-dark(#f6f7f9, #17181b); --surface: light-dark(#ffffff, #1f2125); --line: light-dark(#e1e4ea, #3a3d42);
  --text: light-dark(#1f2430, #d5d7da); --quiet: light-dark(#5b6270, #a3a8b0); --button: light-dark(#3b4fd8, #4c5fe0); --link: light-dark(#2f43c4, #9fabff); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { width: 100%; max-width: 34rem; padding: 24px; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere; }
h1 { margin: 0 0 12px; font-size: 22px; line-height: 1.3; }
p { margin: 0 0 12px; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: 8px 16px; margin: 16px 0; padding: 16px 0; border-block: 1px solid var(--line); }
dt { color: var(--quiet); }
dd { margin: 0; font-weight: 600; }
a { color: var(--link); }
a.button { display: inline-block; margin: 4px 0 16px; padding: 10px 18px; border-radius: 6px; background: var(--button); color: #fff; font-weight: 600; text-decoration: none; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.quiet { margin: 0; color: var(--quiet); font-size: 14px; }
@media (max-width: 30rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 10px; } a.button { display: block; text-align: center; } }
`

/** Nothing is loaded, nothing runs, and nobody shows the page in a page of theirs: a click on it is meant. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${escaped(title)} · Crosswalk</title>
<style>${style}</style></head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
}

/** Sends a page. Its own address has the link in it, and is told to nobody that it leads to. */
export function answerPage(status: number, html: string, setCookie?: string): { reply(reply: FastifyReply): FastifyReply } {
  return {
    reply: (reply) => {
      if (setCookie !== undefined) reply.header('set-cookie', setCookie)
      return reply
        .code(status)
        .type('text/html; charset=utf-8')
        .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' })
        .header('content-security-policy', contentSecurityPolicy)
        .send(html)
    },
  }
}

/** What a person sees who comes back from a vendor, or whose link is no good. */
export function outcomePage(title: string, message: string, integration: string | undefined): string {
  const back = integration === undefined ? '/' : `/integrations/${encodeURIComponent(integration)}`
  return page(title, `<p>${escaped(message)}</p>\n<p><a href="${escaped(back)}">Open Crosswalk</a></p>`)
}

/** A person looks at the answer, so what went wrong is a page. */
export function toldOnPage(error: unknown): { page: ReturnType<typeof answerPage> } {
  if (!(error instanceof DomainError)) throw error
  const { integration_name: integration } = error.details
  return {
    page: answerPage(error.status, outcomePage('Not connected', error.message, typeof integration === 'string' ? integration : undefined)),
  }
}

const times = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** What a person reads who opens a link, before it leads to the vendor. */
export function consentPage(
  { label, integration, organization, mapping, vendorHost, madeBy, expiresAt }: LinkPurpose,
  next: string,
): string {
  const facts = [
    ['Integration', integration],
    ['Connection', label],
    ...(organization === null ? [['For', 'All organizations']] : [['Organization', organization]]),
    ...(mapping === null ? [] : [['Mapped to', mapping]]),
    ['Link made by', madeBy],
    ['Good until', `${times.format(expiresAt)} UTC`],
  ] as const
  const [whose, whom] = organization === null ? ['all organizations', 'all organizations of this Crosswalk'] : [organization, organization]
  const rows = facts.map(([term, text = '']) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`).join('\n')
  return page(
    `Connect ${integration} for ${whose}`,
    `<p>You were sent a link that connects an account at ${escaped(vendorHost)}. Crosswalk will use that account for ${escaped(whom)}.</p>
<dl>
${rows}
</dl>
<p><a class="button" href="${escaped(next)}" rel="noreferrer">Continue to ${escaped(vendorHost)}</a></p>
<p class="quiet">Sign in there with an account of ${escaped(whose)}, and with no other. If you did not expect this link, or do not know who made it, close this page: nothing is connected.</p>`,
  )
}
