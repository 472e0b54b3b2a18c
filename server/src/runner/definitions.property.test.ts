import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BaseIntegration, dataProvider, type IntegrationClass, workflow } from '@crosswalk/sdk'
import fc from 'fast-check'
import { z } from 'zod'
import { createTestApp } from '../../testing/test-app.ts'
import { listDefinitions, listProblems, publishDefinitions } from '../definitions/definitions.ts'
import type { PublishedDefinition } from '../protocol/channel.ts'
import { checkedDefinition } from '../protocol/definition-check.ts'
import { publishDataProvider, publishIntegration, publishWorkflow } from './descriptions.ts'

/** Text that tools choke on. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    'fine',
    '\0',
    'a\0b',
    '\ud800',
    '\udc00x',
    '\u202e',
    '\ufffe',
    '😀',
    "'; drop table definitions; --",
    'x'.repeat(101),
    'x'.repeat(501),
  ),
)
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 53,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    100 * 86_400_000,
    31_536_000,
    31_536_001,
  ),
)
function throwing(): never {
  throw new Error('no')
}
/** Stands for a value that would upset the generator too: it is made when the definition is. */
class Hostile {
  readonly make: () => unknown
  constructor(make: () => unknown) {
    this.make = make
  }
}

/** What no honest file has. */
const hostile = fc
  .constantFrom<() => unknown>(
    () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing }),
    () => {
      const { proxy, revoke } = Proxy.revocable([], {})
      revoke()
      return proxy
    },
    () => Object.defineProperty({}, 'label', { enumerable: true, get: throwing }),
    () => ({ toString: throwing, [Symbol.toPrimitive]: throwing }),
    () => 10n ** 30n,
    () => Symbol('s'),
    () => new Map([['a', 1]]),
    () => Object.create(null),
    () => throwing,
    () => new Array(1_000_000),
    () => ['a', throwing],
  )
  .map((make) => new Hostile(make))
const anything = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(null, undefined),
  hostile,
  fc.array(text, { maxLength: 60 }),
  fc.dictionary(text, text),
)
const mostly = <Value>(good: fc.Arbitrary<Value>) => fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: anything })
const word = mostly(fc.constantFrom('fine', 'Tagged 😀', 'x'.repeat(100), ' a\tb\n'))
const whole = mostly(fc.constantFrom(1, 60_000, 31_536_000))
const optional = <Value>(good: fc.Arbitrary<Value>) => fc.option(mostly(good), { nil: undefined })

const plainField = fc.constantFrom<() => unknown>(
  () => z.string().meta({ label: 'Label', dataProvider: 'list' }),
  () => z.number().default(1),
  () => z.array(z.object({ a: z.enum(['a', 'b']) })).optional(),
)
const oddField = fc.oneof(
  fc.constantFrom<() => unknown>(
    () => z.string(),
    () => z.date(),
    () => z.bigint(),
    () => z.any().default(10n),
    () => z.number().default(Number.NaN),
    () => z.string().regex(/^[a-z]+$/),
    () => z.string().regex(/(?<a>x)|(?<a>y)/),
    () => z.enum(['a', '\0']),
    () => z.string().meta({ label: '\ud800', toJSON: throwing }),
    () => z.string().meta({ default: new Date(Number.NaN) }),
    () => z.lazy(throwing),
    () => z.string().transform(throwing),
    () => z.array(z.string()).default(() => throwing()),
    () => z.enum(Array.from({ length: 50_000 }, (_, index) => `option ${index}`)),
    () => Array.from({ length: 200 }).reduce<z.ZodType>((inner) => z.object({ inner }), z.string()),
    () => Array.from({ length: 20_000 }).reduce<z.ZodType>((inner) => z.array(inner), z.string()),
    () => {
      const tree: z.ZodType = z.object({ children: z.lazy(() => z.array(tree)) })
      return tree
    },
    () => ({ _zod: { def: { type: 'object' } } }),
  ),
  text.map(
    (said) => () =>
      z
        .string()
        .default(said)
        .describe(said)
        .meta({ title: said, examples: [said] }),
  ),
)
const field = fc.oneof({ weight: 12, arbitrary: plainField }, { weight: 1, arbitrary: oddField })
const schema = fc
  .dictionary(fc.oneof(text, fc.constantFrom('a', '__proto__', 'constructor')), field, { maxKeys: 3 })
  .map((fields) => z.object(Object.fromEntries(Object.entries(fields).map(([key, make]) => [key, make()])) as z.ZodRawShape))
const name = mostly(fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/))
const schedule = fc.record(
  {
    cron: mostly(fc.constantFrom('0 3 * * *', '* * * * *', '*/15 0-5 1 jan mon')),
    timeZone: optional(fc.constantFrom('UTC', 'Europe/Vienna')),
    organizations: optional(fc.constantFrom('all', 'mapped:halo', ['0198c1f0-0000-7000-8000-00000000000a'])),
    missed: optional(fc.constantFrom('skip', 'catch_up')),
  },
  { requiredKeys: ['cron'] },
)
const common = { name, description: word, category: optional(word) }
const workflowOptions = fc.record({
  ...common,
  tags: optional(fc.array(word, { maxLength: 3 })),
  parameters: optional(schema),
  timeoutMs: optional(whole),
  schedule: optional(schedule),
  concurrency: optional(fc.record({ perOrganization: optional(whole), total: optional(whole) })),
})
const providerOptions = fc.record({ ...common, parameters: optional(schema), cacheSeconds: optional(whole), timeoutMs: optional(whole) })
const keys = fc.dictionary(
  fc.oneof({ weight: 20, arbitrary: fc.constantFrom('key', 'other_key') }, { weight: 1, arbitrary: text }),
  mostly(fc.record({ label: word, required: optional(fc.boolean()), description: optional(word) })),
)
const statics = fc.record({
  integrationName: name,
  displayName: optional(word),
  description: optional(word),
  mappingData: optional(schema),
  secrets: optional(keys),
  config: optional(keys),
  hosts: optional(fc.array(fc.oneof(fc.domain(), fc.string()), { maxLength: 3 })),
  sharedExternalOrgs: optional(fc.boolean()),
  discoveryCacheSeconds: optional(whole),
  timeoutsMs: optional(fc.record({ discovery: optional(whole), test: optional(whole) })),
  unrecorded: optional(fc.array(text)),
})

function made(value: unknown): unknown {
  if (value instanceof Hostile) return value.make()
  if (Array.isArray(value)) return value.map(made)
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, made(inner)])) : value
}

function integrationOf(values: object): IntegrationClass {
  class Made extends BaseIntegration {
    getClient() {
      return {}
    }
    async testConnection() {
      return { success: true, message: 'ok' }
    }
  }
  for (const [key, value] of Object.entries(values)) if (value !== undefined) Object.defineProperty(Made, key, { value })
  return Made as unknown as IntegrationClass
}

const definitions = fc.oneof(
  workflowOptions.map(
    (options) => () =>
      publishWorkflow(
        workflow(options as never, () => 1),
        'workflows/made.ts',
      ),
  ),
  providerOptions.map(
    (options) => () =>
      publishDataProvider(
        dataProvider(made(options) as never, () => []),
        'data-providers/made.ts',
      ),
  ),
  statics.map((values) => () => publishIntegration(integrationOf(made(values) as object), 'integrations/made.ts')),
)

test('what the SDK lets pass is published, and what it refuses is refused with an error', async () => {
  await using app = await createTestApp()
  const taken = new Map<string, PublishedDefinition>()
  let refused = 0
  fc.assert(
    fc.property(definitions, (publish) => {
      let published: PublishedDefinition
      try {
        published = publish()
      } catch (error) {
        refused++
        assert.ok(error instanceof Error, 'an error and nothing else is thrown')
        return
      }
      const checked = checkedDefinition(structuredClone(published))
      assert.deepEqual(checked, published, 'one rule for both')
      taken.set(`${checked.kind} ${checked.name}`, checked)
    }),
    { numRuns: 1_000 },
  )
  assert.ok(taken.size > 200 && refused > 200, `${taken.size} taken, ${refused} refused`)
  await publishDefinitions(app.db, { definitions: [...taken.values()], problems: [], codeVersion: 'test' })
  const kept = [
    ...(await listDefinitions(app.db, 'workflow')),
    ...(await listDefinitions(app.db, 'data_provider')),
    ...(await listDefinitions(app.db, 'integration')),
  ]
  const problems = await listProblems(app.db)
  // Only the checker of forms knows more than the SDK: which regular expressions it takes.
  for (const { reason } of problems) assert.match(reason, /Nothing can be checked by the schema/)
  assert.equal(kept.length + problems.length, taken.size)
})

test('whatever a worker tells of definitions, what is right among it is published', async () => {
  await using app = await createTestApp()
  const good = publishWorkflow(
    workflow({ name: 'good', description: 'x' }, () => 1),
    'workflows/good.ts',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.anything(),
          fc.record({ kind: fc.constantFrom('workflow', 'integration'), name: fc.string(), file: fc.string({ unit: 'binary' }) }),
        ),
        { maxLength: 5 },
      ),
      async (bad) => {
        await publishDefinitions(app.db, { definitions: [...(bad as PublishedDefinition[]), good], problems: [], codeVersion: 'test' })
        assert.deepEqual(await listDefinitions(app.db, 'workflow'), [good])
      },
    ),
    { numRuns: 60 },
  )
})
