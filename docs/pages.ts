import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

/** A fenced block: ```` ```sh stays ```` has the language `sh` and the note `stays`. */
export type Block = { page: string; language: string; note: string; text: string }

/** A page as it is written, by its path from the root. */
export type Page = { path: string; text: string }

/** Every page that belongs to the documentation, in the order in which a reader meets them. */
export function readPages(): Page[] {
  const first = [
    'README.md',
    'docs/quickstart.md',
    'docs/concepts.md',
    'docs/integrations.md',
    'docs/http.md',
    'docs/workflows.md',
    'docs/approvals.md',
    'docs/testing.md',
    'docs/api.md',
    'docs/cli.md',
  ]
  const all = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root }).sort()]
  return [...new Set([...first, ...all])].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

const fence = /^```(\S*)[ ]?(.*)\n([\s\S]*?)^```$/gm

/** The fenced blocks of a page, in order. */
export function blocksOf({ path, text }: Page): Block[] {
  return [...text.matchAll(fence)].map(([, language = '', note = '', body = '']) => ({
    page: path,
    language,
    note: note.trim(),
    text: body,
  }))
}

/** A page without its fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replace(fence, '')
}
