import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

type Cost = { N: number; r: number; p: number }

/** As OWASP advises: 32 MiB, three times over. */
const cost: Cost = { N: 2 ** 15, r: 8, p: 3 }
/** What hashes were made with before: the library's own. */
const earlierCost: Cost = { N: 2 ** 14, r: 16, p: 1 }
/** What an earlier hash costs less than one of today. */
const costBetween: Cost = { N: 2 ** 15, r: 8, p: 2 }
const saltBytes = 16
const keyBytes = 64

function derive(password: string, salt: string | Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r }
    scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

const isSame = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other)

/** A password as it is kept: `scrypt$<log N>$<r>$<p>$<salt>$<key>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, cost)
  return ['scrypt', Math.log2(cost.N), cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** True for the password of a hash, of whichever form. What is none of them is nobody's. */
export async function isPasswordOf({ hash, password }: { hash: string; password: string }): Promise<boolean> {
  const [form, logN, r, p, salt, key] = hash.split('$')
  if (form === 'scrypt' && salt && key) {
    const found = await derive(password, Buffer.from(salt, 'base64url'), { N: 2 ** Number(logN), r: Number(r), p: Number(p) })
    return isSame(found, Buffer.from(key, 'base64url'))
  }
  const [earlierSalt, earlierKey] = hash.split(':')
  if (!earlierSalt || !earlierKey) return false
  const found = await derive(password, earlierSalt, earlierCost)
  // As long as of the others: nobody is told apart by the time it takes.
  await derive(password, earlierSalt, costBetween)
  return isSame(found, Buffer.from(earlierKey, 'hex'))
}
