// Words that the style rules out, in everything that a person reads: pages, interface, CLI, error sentences, comments, names of tests.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is not written, and what stands in its place. */
const ruledOut: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bwhoever\b/i, 'say who it is: "the caller", "the worker that …", "those who …"'],
  [/\bso\s+long\b(?!\s+as\b)/i, 'name the time: "for this time", "at least this long"'],
  [/\banew\b/i, '"again"'],
  [/\bshall\b/i, '"must", "should" or "is to"'],
  [/\b(?:go|goes|going|gone|went)\s+on\b/i, '"continue", or what it does'],
  [/\bbelongs? into\b/i, '"goes in", or say what to do'],
  [/\bin vain\b/i, '"without success", or what happened'],
  [/\b(?:most|least|fewest|longest|shortest|largest|smallest)[A-Z]\w*/, '"max…" or "min…" for a limit, "peak…" or "slowest…" for a figure'],
  // As a name of its own: of a constant, or of what a function is given.
  [
    /\b(?:(?:const|let) (?:most|least|fewest)\b(?= ?[:=])|(?:most|least|fewest|longest|shortest|largest|smallest)\??: number\b)/,
    '"max" or "min"',
  ],
]

export type Page = { path: string; text: string }

/** Pages and code; nothing that is generated. Migrations stay as they were applied. */
export function pagesAndCode(root: string): Page[] {
  const kept = (path: string) => !/(^|\/)(node_modules|dist|generated|\.[^/]+)(\/|$)|(^|\/)word(s\.test|-rules(\.test)?)\.ts$/.test(path)
  const files = globSync(
    [
      '*.md',
      'docs/**/*.{md,ts,svg}',
      'workspace/**/*.{md,ts}',
      'templates/**/*.{md,ts}',
      '{sdk,server,client,cli,admin,integrations,simulators,bench,e2e,scripts}/**/*.{ts,tsx,mjs,css}',
    ],
    { cwd: root, exclude: (path) => !kept(path.replaceAll('\\', '/')) },
  )
  return files
    .map((path) => path.replaceAll('\\', '/'))
    .filter(kept)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Where a page or a file says a word that is ruled out, one sentence each. A phrase may run over the end of a line. */
export function brokenWordRules(pages: readonly Page[]): string[] {
  return pages.flatMap(({ path, text }) =>
    ruledOut.flatMap(([pattern, instead]) =>
      [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(({ 0: found, index }) => {
        const line = text.slice(0, index).split('\n').length
        return `${path}:${line} says "${found.replace(/\s+/g, ' ')}": write ${instead}.`
      }),
    ),
  )
}
