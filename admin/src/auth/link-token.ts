/** The token of a link stands behind `#`, which browsers do not send to servers. It is taken out of the address, and so of the history. */
export function takeTokenOfLink(): string | undefined {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? undefined
  if (token) window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
  return token
}
