// A file over HTTP, as the platform's own parts would serve it.
import { basename, dirname } from 'node:path'
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'
import { answering } from './answering.ts'

const file = process.argv[2] ?? ''
const app = fastify()
await app.register(fastifyStatic, { root: dirname(file) })
answering({ url: `${await app.listen({ host: '127.0.0.1', port: 0 })}/${basename(file)}` }, async () => ({}))
