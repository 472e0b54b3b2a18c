// Which slice owns a table: it alone writes there, and slices that stand later read it where the owner says why. Read from the SQL itself.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of a slice the rules ask for. */
export type Owner = { name: string; tables: Readonly<Record<string, string | null>> }

type SourceFile = { path: string; text: string }
type Access = { path: string; table: string; isWrite: boolean }

/** The server's own code, tests aside. */
export function serverSources(root: string): SourceFile[] {
  return globSync('server/src/**/*.ts', { cwd: root })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }))
}

/** The tables that the migrations make and have not dropped. */
export function tablesOfMigrations(root: string): string[] {
  const statements = globSync('server/migrations/*.sql', { cwd: root })
    .sort()
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/^\s*(create|drop) table (?:if (?:not )?exists )?(\w+)/gim)])
  const tables = new Set<string>()
  for (const [, verb, table = ''] of statements) verb?.toLowerCase() === 'create' ? tables.add(table) : tables.delete(table)
  return [...tables]
}

/** The text of each template that is marked as SQL; what is filled in shows as `$`. */
function statementsOf(text: string): string[] {
  const statements: string[] = []
  for (const { index } of text.matchAll(/\bsql`/g)) {
    let statement = ''
    let depth = 0
    for (let at = index + 4; at < text.length; at++) {
      const [character] = text.slice(at)
      if (depth === 0 && character === '`') break
      if (depth === 0 && text.startsWith('${', at)) statement += '$'
      if (text.startsWith('${', at)) depth++
      if (depth === 0) statement += character
      // Braces within what is filled in are counted as well, so that its end is found. Templates in it are met by themselves.
      else if (character === '{' && text[at - 1] !== '$') depth++
      else if (character === '}') depth--
    }
    statements.push(statement)
  }
  return statements
}

const name = String.raw`(?:only\s+|lateral\s+)*(?:public\.)?"?\w+"?`
const writes = new RegExp(
  String.raw`\b(?:insert\s+into|merge\s+into|truncate(?:\s+table)?|delete\s+from|copy|(?:alter|drop|lock)\s+table(?:\s+if\s+exists)?|(?<!\bfor\s+)(?<!\bno\s+key\s+)update)\s+(${name})`,
  'gi',
)
const reads = new RegExp(
  String.raw`(?<!\bdelete\s+)\b(?:from|join|using)\s+(${name}(?:\s+(?:as\s+)?\w+)?(?:\s*,\s*${name}(?:\s+(?:as\s+)?\w+)?)*)`,
  'gi',
)
const comments = /--[^\n]*|\/\*[\s\S]*?\*\//g

/** The table that a name in SQL is, without what may stand around it. */
const tableOf = (named: string) => /^(?:only\s+|lateral\s+)*(?:public\.)?"?(\w+)/i.exec(named.trim())?.[1]?.toLowerCase() ?? ''

/** Each table that a file's SQL names, and whether it writes there. A template that is a table's name alone counts as a read. */
function accessesOf({ path, text }: SourceFile, tables: ReadonlySet<string>): Access[] {
  const found = statementsOf(text).flatMap((filled) => {
    const statement = filled.replaceAll(comments, ' ')
    const alone = statement.trim().toLowerCase()
    if (tables.has(alone)) return [{ table: alone, isWrite: false }]
    return [
      ...[...statement.matchAll(writes)].map(([, named = '']) => ({ table: tableOf(named), isWrite: true })),
      ...[...statement.matchAll(reads)].flatMap(([, list = '']) =>
        list.split(',').map((named) => ({ table: tableOf(named), isWrite: false })),
      ),
    ]
  })
  return found.flatMap((access) => (tables.has(access.table) ? [{ path, ...access }] : []))
}

/** Where text becomes SQL as it is, which these rules cannot read: lists of columns and statuses. */
const rawPlaces = ['server/src/platform/database/', 'server/src/engine/state/transitions.ts', 'server/src/values/value-rows.queries.ts']

/** Parts that statements of several slices are made of: columns and conditions, and no statement. */
const sqlParts = [
  'server/src/engine/dispatch/workflow-limits.ts',
  'server/src/engine/leases/live-workers.ts',
  'server/src/engine/state/short-error.ts',
  'server/src/engine/state/transitions.ts',
  'server/src/values/value-scope.ts',
]
const statementWord = /\b(?:select|insert|update|delete|merge|truncate|lock|copy|savepoint)\b/i
/** A statement that is text: in quotes or a template, from its first word. */
const statementText =
  /['"`]\s*(?:with \w+ as|select .+ from|insert into|update \w+ set|delete from|merge into|[A-Z]+ .*(?:FROM|INTO|SET))\b/

/** The SQL of the database itself: migrations, roles, notifications. */
const ofDatabase = 'server/src/platform/database/'

/** Where SQL stands that is in no file of queries, one sentence each. */
export function brokenQueryPlaces(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (path.endsWith('.queries.ts') || path.startsWith(ofDatabase)) return []
    const statements = statementsOf(text)
    const isAllowed = sqlParts.includes(path) && !statements.some((statement) => statementWord.test(statement))
    return (statements.length === 0 || isAllowed) && !statementText.test(text) ? [] : [`${path} has SQL. Move it to a *.queries.ts.`]
  })
}

/**
 * What breaks the rules, one sentence each.
 *
 * @param owners the slices from the first to the last
 */
export function brokenTableRules(files: readonly SourceFile[], owners: readonly Owner[], tables: readonly string[]): string[] {
  const order = owners.map(({ name }) => name)
  const broken: string[] = []
  for (const table of tables) {
    const having = owners.filter((owner) => Object.hasOwn(owner.tables, table)).map(({ name }) => name)
    if (having.length !== 1)
      broken.push(`The table ${table} has ${having.join(' and ') || 'no slice'} as its owner. Name it in one *.slice.ts.`)
  }
  for (const { name, tables: owned } of owners) {
    for (const table of Object.keys(owned)) if (!tables.includes(table)) broken.push(`${name} owns ${table}, which no migration makes.`)
  }
  for (const { path, text } of files) {
    if (/\braw\(/.test(text) && !rawPlaces.some((place) => path.startsWith(place)))
      broken.push(`${path} makes SQL of text with raw(…), where nobody sees which table it means. Write it out.`)
  }
  const known = new Set(tables)
  const readLater = new Set<string>()
  for (const { path, table, isWrite } of files.flatMap((file) => accessesOf(file, known))) {
    const owner = owners.find((candidate) => Object.hasOwn(candidate.tables, table))
    const slice = path.split('/')[2] ?? ''
    if (!owner || slice === owner.name) continue
    if (isWrite) broken.push(`${path} writes ${table}, which ${owner.name} owns. Call what that slice offers, in your transaction.`)
    else if (order.indexOf(slice) < order.indexOf(owner.name)) {
      broken.push(`${path} reads ${table}, but ${slice} stands before ${owner.name}. Take what you need as an argument.`)
    } else if (owner.tables[table] === null) {
      broken.push(
        `${path} reads ${table}, which ${owner.name} keeps to itself. Use its face, or let ${owner.name}.slice.ts say why it may be read.`,
      )
    } else readLater.add(table)
  }
  for (const { name, tables: owned } of owners) {
    for (const [table, reason] of Object.entries(owned))
      if (reason !== null && known.has(table) && !readLater.has(table))
        broken.push(`${name} lets others read ${table}, and none does. Say null.`)
  }
  return [...new Set(broken)]
}
