import type { Person } from '@crosswalk/client'
import { Badge, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import type { DataTableColumn } from 'mantine-datatable'
import { RecordsTable } from '../elements/records-table.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { GrantWords } from '../parts/grants/grant-words.tsx'

const states = {
  active: { color: 'green', label: 'Active' },
  invited: { color: 'blue', label: 'Invited' },
  deactivated: { color: 'gray', label: 'Deactivated' },
} as const
const ways = { password: 'password', single_sign_on: 'single sign-on', passkey: 'passkey' } as const

function State({ person }: { person: Person }) {
  const { color, label } = states[person.state]
  return (
    <Badge variant="light" color={color}>
      {label}
    </Badge>
  )
}

function Grants({ person }: { person: Person }) {
  return person.grants.length === 0 ? <Text size="sm">No role</Text> : <GrantWords grants={person.grants} />
}

const signsInWith = (person: Person) =>
  [...person.signs_in_with.map((way) => ways[way]), ...(person.has_second_factor ? ['second factor'] : [])].join(', ') || 'nothing yet'

function LastSignIn({ person }: { person: Person }) {
  return person.last_signed_in_at ? <RelativeTime at={person.last_signed_in_at} /> : <Text size="sm">Never</Text>
}

function Name({ person, onOpen }: { person: Person; onOpen: (person: Person) => void }) {
  return (
    <UnstyledButton onClick={() => onOpen(person)} style={{ textAlign: 'left' }}>
      <Text fw={600} c="var(--mantine-color-anchor)" className="wrap-anywhere">
        {person.name}
      </Text>
    </UnstyledButton>
  )
}

const columnsWith = (onOpen: (person: Person) => void): DataTableColumn<Person>[] => [
  {
    accessor: 'name',
    title: 'Name',
    render: (person) => (
      <Stack gap={0}>
        <Name person={person} onOpen={onOpen} />
        <Text size="sm" c="dimmed">
          {person.email}
        </Text>
      </Stack>
    ),
  },
  { accessor: 'grants', title: 'Roles', render: (person) => <Grants person={person} /> },
  { accessor: 'signs_in_with', title: 'Signs in with', render: (person) => <Text size="sm">{signsInWith(person)}</Text> },
  { accessor: 'last_signed_in_at', title: 'Last signed in', render: (person) => <LastSignIn person={person} /> },
  { accessor: 'state', title: 'Status', render: (person) => <State person={person} /> },
]

/** A person as a phone shows them. */
function Card({ person, onOpen }: { person: Person; onOpen: (person: Person) => void }) {
  return (
    <Stack gap={6}>
      <Group justify="space-between" wrap="nowrap">
        <Name person={person} onOpen={onOpen} />
        <State person={person} />
      </Group>
      <Text size="sm" c="dimmed" className="wrap-anywhere">
        {person.email}
      </Text>
      <Grants person={person} />
      <Text size="sm">Signs in with {signsInWith(person)}</Text>
    </Stack>
  )
}

export function PeopleTable({
  people,
  onOpen,
  isRefreshing,
}: {
  people: Person[]
  onOpen: (person: Person) => void
  isRefreshing: boolean
}) {
  return (
    <RecordsTable
      caption="People"
      records={people}
      columns={columnsWith(onOpen)}
      idOf={({ id }) => id}
      isRefreshing={isRefreshing}
      card={(person) => <Card person={person} onOpen={onOpen} />}
    />
  )
}
