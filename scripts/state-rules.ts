// Who may change the status of an execution: only statements in server/src/engine/state/, each by a transition of the table there.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const owner = 'server/src/engine/state/'

/** Where a statement begins that changes executions, or inserts any. */
const changes =
  /\b(?:(insert\s+into|merge\s+into)|(?<!for\s)(?<!for\s+no\s+key\s)update(?:\s+only)?)\s+(?:public\.)?"?executions"?(?![\w"])(?:\s+(?:as\s+)?(?!set\b)\w+)?(?:\s+set\b)?/gi

/** What a statement sets: up to the word that ends it, outside of all brackets, or to the end of the template. */
function settingOf(text: string): string {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/[()`]|\b(?:where|from|returning)\b/gi)) {
    if (token === '(') depth++
    else if (token === ')') depth--
    if (depth < 0 || token === '`' || (depth === 0 && token.length > 1)) return text.slice(0, index)
  }
  return text
}

type SourceFile = { file: string; text: string }

/** The server's own code. Tests and what stands in for workers in them set a status as they need it. */
export function serverFiles(root: string): SourceFile[] {
  return globSync('server/src/**/*.ts', { cwd: root, exclude: (path) => path.endsWith('.test.ts') }).map((file) => ({
    file: file.replaceAll('\\', '/'),
    text: readFileSync(join(root, file), 'utf8'),
  }))
}

/** What breaks the rule, one sentence each. */
export function brokenStateRules(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(changes)].flatMap(({ 0: beginning, 1: insert, index }) => {
      const set = /\bset$/i.test(beginning) ? settingOf(text.slice(index + beginning.length)) : ''
      const statement = `${beginning}${set}`
      const setsStatus = /(?<![\w.])status\s*=|\(\s*[^)]*\bstatus\b[^)]*\)\s*=/i.test(set)
      const isHidden = /^\s*\$\{/.test(set)
      if (file.startsWith(owner)) {
        return setsStatus && !/(?<![\w.])status\s*=\s*(case\b[^,]*?)?\$\{after\(/is.test(set)
          ? [`${file} sets a status without the table of transitions: ${shortened(statement)}. Take it from after(…) in transitions.ts.`]
          : []
      }
      if (insert) return [`${file} writes executions of its own: ${shortened(statement)}. Only ${owner} does; call submitExecution.`]
      if (setsStatus || isHidden) {
        return [`${file} changes the status of executions: ${shortened(statement)}. Only ${owner} does, by its table of transitions.`]
      }
      return []
    }),
  )
}

const shortened = (statement: string) => statement.replaceAll(/\s+/g, ' ').trim().slice(0, 80)
