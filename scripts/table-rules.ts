// Which slice owns a table: it alone writes there, and slices that stand later read it where the owner says why. Read from the SQL itself.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of a slice the rules ask for. */
export type Owner = { name: string; tables: Readonly<Record<string, string | null>> }

/**
 * Reads of a table by a slice that stands before its owner, and why they are there. Each is a debt: a table name that a lower slice knows.
 */
const upwardReads: readonly { file: string; table: string; reason: string }[] = [
  {
    file: 'server/src/engine/state/putting-back.queries.ts',
    table: 'batches',
    reason: 'What goes back among the waiting is held where its batch is paused, and the batch is locked meanwhile.',
  },
  {
    file: 'server/src/engine/state/waiting.queries.ts',
    table: 'batches',
    reason: 'What is woken is held where its batch is paused, and the batch is locked before any of its executions.',
  },
]

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

const verbs =
  /\b(insert\s+into|merge\s+into|truncate(?:\s+table)?|delete\s+from|(?<!for\s)(?<!no\s+key\s)update(?:\s+only)?|from|join|using)\s+(?:only\s+)?(?:public\.)?"?([a-z_]+)"?/gi

/** Each table that a file's SQL names, and whether it writes there. A template that is a table's name alone counts as a read. */
function accessesOf({ path, text }: SourceFile, tables: ReadonlySet<string>): Access[] {
  return statementsOf(text).flatMap((statement) => {
    if (tables.has(statement.trim())) return [{ path, table: statement.trim(), isWrite: false }]
    return [...statement.matchAll(verbs)].flatMap(([, verb = '', table = '']) =>
      tables.has(table) ? [{ path, table, isWrite: !/^(from|join|using)$/i.test(verb) }] : [],
    )
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
  const known = new Set(tables)
  const debts = new Set(upwardReads)
  const readLater = new Set<string>()
  for (const { path, table, isWrite } of files.flatMap((file) => accessesOf(file, known))) {
    const owner = owners.find((candidate) => Object.hasOwn(candidate.tables, table))
    const slice = path.split('/')[2] ?? ''
    if (!owner || slice === owner.name) continue
    if (isWrite) broken.push(`${path} writes ${table}, which ${owner.name} owns. Call what that slice offers, in your transaction.`)
    else if (order.indexOf(slice) < order.indexOf(owner.name)) {
      const debt = upwardReads.find((read) => read.file === path && read.table === table)
      if (debt) debts.delete(debt)
      else broken.push(`${path} reads ${table}, but ${slice} stands before ${owner.name}. Take what you need as an argument.`)
    } else if (owner.tables[table] === null) {
      broken.push(
        `${path} reads ${table}, which ${owner.name} keeps to itself. Use its face, or let ${owner.name}.slice.ts say why it may be read.`,
      )
    } else readLater.add(table)
  }
  for (const { file, table } of debts) broken.push(`scripts/table-rules.ts lets ${file} read ${table}, and it does not.`)
  for (const { name, tables: owned } of owners) {
    for (const [table, reason] of Object.entries(owned))
      if (reason !== null && known.has(table) && !readLater.has(table))
        broken.push(`${name} lets others read ${table}, and none does. Say null.`)
  }
  return [...new Set(broken)]
}
