import { type Fetching, fetchFor } from '../../workspace/fetching.ts'
import { answering } from './answering.ts'

// The same requests from plain Node, in a process of its own.
answering<Fetching>({ isReady: true }, fetchFor)
