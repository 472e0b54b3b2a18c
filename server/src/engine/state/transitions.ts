import { raw, type Sql } from '../../platform/database/database.ts'

/** What an execution can be in the table. One that is held is shown as pending: its batch is paused, and no worker takes it. */
export type StoredStatus = 'pending' | 'held' | 'running' | 'waiting' | 'cancelling' | 'success' | 'failed' | 'timeout' | 'cancelled'

type Transition = {
  from: readonly StoredStatus[]
  to: readonly StoredStatus[]
  /** When it happens, and what decides between several statuses. */
  when: string
  /** Who may. */
  by: string
}

/**
 * Every change of an execution's status. No other is possible: statements take both sides of theirs from here, only this folder has
 * such statements (`scripts/state-rules.ts`), and docs/durability.md shows this table (a test draws it).
 */
export const transitions = {
  submit: {
    from: [],
    to: ['pending', 'held'],
    when: 'It is accepted. `held` where its batch is paused.',
    by: 'the API, a schedule or a batch, for a person or key that may run it',
  },
  claim: { from: ['pending'], to: ['running'], when: 'A worker has a place for it.', by: 'any worker' },
  wait: {
    from: ['running'],
    to: ['waiting'],
    when: 'Its code has nothing open but a wait that is long. Its place is free from here on.',
    by: 'the worker that holds it',
  },
  wake: {
    from: ['waiting'],
    to: ['pending', 'held'],
    when: 'What it waits for has come, or its deadline. `held` where its batch is paused.',
    by: 'any worker for a time; the slice that has the event or the answer',
  },
  putBack: {
    from: ['running'],
    to: ['pending', 'held'],
    when: 'Its worker is gone, stops, or could not write its end. `held` where its batch is paused.',
    by: 'the worker itself, or any other once the lease is over',
  },
  hold: { from: ['pending'], to: ['held'], when: 'Its batch is paused.', by: 'who may steer the batch' },
  release: { from: ['held'], to: ['pending'], when: 'Its batch is resumed.', by: 'who may steer the batch' },
  cancelUnheld: {
    from: ['pending', 'held', 'waiting'],
    to: ['cancelled'],
    when: 'It is cancelled, alone or with its batch, and no worker has it; or its organization was deactivated meanwhile.',
    by: 'who may cancel it; a worker where the organization is not active',
  },
  askToCancel: {
    from: ['running', 'cancelling'],
    to: ['cancelling'],
    when: 'It is cancelled, alone or with its batch, while a worker has it.',
    by: 'who may cancel it',
  },
  end: {
    from: ['running', 'cancelling'],
    to: ['success', 'failed', 'timeout', 'cancelled'],
    when: 'Its code has ended or was ended, or too many workers died of it.',
    by: 'the worker that holds it',
  },
} as const satisfies Record<string, Transition>

type Name = keyof typeof transitions

const quoted = (statuses: readonly StoredStatus[]) => statuses.map((status) => `'${status}'`).join(', ')

/**
 * The condition under which a row may make a transition. The statuses stand in the text and are no parameters: the indexes of what
 * waits and of what runs hold these rows alone, and PostgreSQL has to see that.
 *
 * @param table the table's alias, where the statement has more than one
 */
export function canMake(name: Exclude<Name, 'submit'>, table?: 'e'): Sql {
  const { from } = transitions[name]
  const column = table === undefined ? 'status' : `${table}.status`
  return raw(from.length === 1 ? `${column} = ${quoted(from)}` : `${column} in (${quoted(from)})`)
}

/** The status after a transition. */
export function after<Given extends Name>(_name: Given, status: (typeof transitions)[Given]['to'][number]): Sql {
  return raw(quoted([status]))
}

/** Where an execution is at its end: nothing leads on from there. */
export const endStatuses = transitions.end.to
