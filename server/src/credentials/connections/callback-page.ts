const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/** What a person sees who comes back from a vendor. It loads nothing and runs nothing. */
export function callbackPage(title: string, message: string, integration: string | undefined): string {
  const back = integration === undefined ? '/' : `/integrations/${encodeURIComponent(integration)}`
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Crosswalk</title></head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(message)}</p>
<p><a href="${escaped(back)}">Open Crosswalk</a></p>
</main>
</body>
</html>
`
}
