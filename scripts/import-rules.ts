// Which folder may import which: read from the code itself, so that the order below stays true.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** The server's slices, each of which imports only those before it. */
const slices = [
  'platform',
  'audit',
  'auth',
  'executions',
  'organizations',
  'secrets',
  'config',
  'integrations',
  'mappings',
  'discovery',
  'matching',
  'data-providers',
  'batches',
  'workflows',
  'schedules',
  'host',
  'health',
]

/** What each package may import of the others. */
const packages: Record<string, readonly string[]> = {
  sdk: [],
  simulators: ['sdk'],
  workspace: ['sdk', 'simulators'],
  server: ['sdk', 'simulators'],
  client: [],
  cli: ['client', 'server'],
  admin: ['client'],
  bench: ['sdk', 'simulators', 'server', 'client', 'e2e'],
  e2e: ['simulators', 'server', 'client'],
  scripts: ['server', 'simulators', 'client', 'e2e'],
  docs: ['sdk', 'simulators', 'server', 'scripts', 'workspace'],
}

const importPattern = /(?:^|\n)\s*(?:import|export)\b[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

type Import = { from: string; to: string /** Erased before anything runs. */; isOfTypes: boolean }

/** Every import between files of the repository, as paths from its root. Packages of ours by their folder. */
export function importsOf(root: string): Import[] {
  const files = globSync('{sdk,simulators,workspace,server,client,cli,admin,bench,e2e,scripts,docs}/**/*.{ts,tsx,mjs}', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|generated|\.[^/]+)(\/|$)/.test(path),
  })
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(importPattern)].flatMap(([statement, stated, dynamic]) => {
      const isOfTypes = /^\s*(import|export)\s+type\b/.test(statement)
      const specifier = stated ?? dynamic ?? ''
      if (specifier.startsWith('.')) return [{ from: file, to: relative(root, resolve(root, dirname(file), specifier)), isOfTypes }]
      const ours = /^@crosswalk\/([a-z-]+)/.exec(specifier)?.[1]
      return ours ? [{ from: file, to: `${ours}/`, isOfTypes }] : []
    })
  })
}

const isTest = (file: string) => /\.test\.tsx?$|(^|\/)testing(\/|\.ts$)|(^|\/)tests\//.test(file)
const packageOf = (file: string) => file.split('/')[0] ?? ''
const sliceOf = (file: string) => /^server\/src\/([^/]+)\//.exec(file)?.[1]

/** What breaks the rules, one sentence each. Tests may look at anything of the server. */
export function brokenImportRules(imports: readonly Import[]): string[] {
  const broken: string[] = []
  for (const { from, to } of imports) {
    const [fromPackage, toPackage] = [packageOf(from), packageOf(to)]
    if (!isTest(from) && fromPackage !== toPackage && packages[fromPackage] && !packages[fromPackage].includes(toPackage)) {
      broken.push(`${from} imports ${to}: ${fromPackage} may import ${packages[fromPackage].join(', ') || 'no other package'}.`)
    }
    if (fromPackage !== 'server' || toPackage !== 'server' || isTest(from)) continue
    const [fromSlice, toSlice] = [sliceOf(from), sliceOf(to)]
    if (fromSlice === undefined || fromSlice === toSlice || to.endsWith('package.json')) continue
    if (fromSlice === 'runner') {
      if (toSlice !== 'platform')
        broken.push(`${from} imports ${to}: the runner runs author code, and knows the channel and nothing else of the server.`)
    } else if (toSlice === undefined) {
      broken.push(`${from} imports ${to}: a slice does not know who puts it together.`)
    } else if (!slices.includes(fromSlice) || !slices.includes(toSlice)) {
      broken.push(`${from} imports ${to}: a folder that is no slice. Add it to the list in scripts/import-rules.ts.`)
    } else if (slices.indexOf(toSlice) > slices.indexOf(fromSlice)) {
      broken.push(`${from} imports ${to}: ${toSlice} stands after ${fromSlice}.`)
    }
    if (to.endsWith('.queries.ts') && toSlice !== fromSlice && !(fromSlice === 'host' && toSlice === 'executions')) {
      broken.push(`${from} imports ${to}: another slice's queries are its own. Use its face.`)
    }
  }
  const ofCode = imports.filter(({ from, to }) => !isTest(from) && !to.endsWith('/'))
  return [...broken, ...circles(ofCode.filter(({ from, isOfTypes }) => !isOfTypes || packageOf(from) === 'sdk'))]
}

/**
 * Files that import each other in a circle. A face and its queries share types, which is none: types are erased. In the SDK even
 * types do not go round: authors read it from the top.
 */
function circles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from)
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      found.push(`These files import each other in a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}.`)
      return
    }
    state.set(file, 'open')
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    state.set(file, 'done')
  }
  for (const file of next.keys()) visit(file, [])
  return found
}
