import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainText } from '../admin/src/elements/plain-text.ts'
import { normalName } from '../server/src/matching/normal-name.ts'
import { openDatabase, readInScope, sql } from '../server/src/platform/database/database.ts'
import { createTestDatabase } from '../server/testing/test-database.ts'

/** Latin letters with and without marks, up to the last that a European name has, and ẞ. */
const letters = [...Array.from({ length: 0x17f - 0xc0 }, (_, place) => String.fromCodePoint(0xc0 + place)), 'Ș', 'Ț', 'ẞ'].filter(
  (letter) => /\p{L}/u.test(letter),
)

test('a letter is the same plain one for the database, the admin interface and the comparison of names', async () => {
  await using database = await createTestDatabase()
  const db = openDatabase(database.url)
  try {
    const rows = await readInScope<{ letter: string; plain: string }>(
      db,
      'allOrganizations',
      sql`select letter, lower(plain_text(letter)) as plain from unnest(${letters}::text[]) as given (letter)`,
    )
    assert.equal(rows.length, letters.length)
    const inDatabase = new Map(rows.map(({ letter, plain }) => [letter, plain]))
    for (const letter of letters) assert.equal(plainText(letter), inDatabase.get(letter), letter)
    // What names are compared by takes ligatures and the like apart, too.
    const taken = letters.filter((letter) => letter.normalize('NFKD') === letter.normalize('NFD'))
    for (const letter of taken) assert.equal(normalName(`x${letter}x`), `x${plainText(letter)}x`, letter)
  } finally {
    await db.close()
  }
})
