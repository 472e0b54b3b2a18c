import { Button, Group, Stack, Text } from '@mantine/core'
import { IconSettings, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../elements/empty-state.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { PageTurner } from '../elements/page-turner.tsx'
import { SearchBox } from '../elements/search-box.tsx'
import { paths } from '../paths.ts'
import { given } from '../queries/every-page.ts'
import { peoplePage } from '../queries/people.ts'
import { useGo, useUrlState } from '../url-state.ts'
import { PeopleTable } from './people-table.tsx'
import { PersonDrawer } from './person-drawer.tsx'

const perPage = 50

/** Who signs in here, and what they may. */
export function PeoplePage() {
  const [url, change] = useUrlState({ q: '', cursor: '', add: '', edit: '' })
  const go = useGo()
  const query = useQuery(peoplePage({ ...given({ search: url.q, cursor: url.cursor }), limit: perPage }))
  const { data } = query
  const person = data?.people.find(({ id }) => id === url.edit)
  const invite = (
    <Button leftSection={<IconUserPlus size={16} />} onClick={() => change({ add: 'yes' }, { push: true })}>
      Invite a person
    </Button>
  )
  const counted = data?.total === 1 ? 'One person' : `${data?.total ?? 0} people`
  return (
    <>
      <PageHeader
        title="People"
        description="Who signs in here. A role says what they may do, and for which organizations."
        actions={
          <>
            <Button variant="default" leftSection={<IconSettings size={16} />} onClick={() => go(paths.signInSettings())}>
              How people sign in
            </Button>
            {invite}
          </>
        }
      />
      <Stack>
        <LoadState query={query} label="Loading people" failed="The people could not be loaded" stale="The list may be out of date" />
        {data?.total === 0 && url.q === '' && (
          <EmptyState icon={<IconUsers />} title="Nobody has an account yet" action={invite}>
            Everyone signs in with the administrator key so far. With accounts of their own, people have roles, and the audit says who did
            what.
          </EmptyState>
        )}
        {data && (data.total > 0 || url.q !== '') && (
          <>
            <Group>
              <SearchBox label="Search by name or address" value={url.q} onSearch={(q) => change({ q, cursor: '' })} />
              <Text size="sm" c="dimmed" role="status">
                {counted}
              </Text>
            </Group>
            <PeopleTable
              people={data.people}
              onOpen={({ id }) => change({ edit: id }, { push: true })}
              isRefreshing={query.isPlaceholderData}
            />
            <PageTurner
              cursor={url.cursor}
              nextCursor={data.next_cursor}
              onTurn={(cursor) => change({ cursor }, { push: true })}
              words="pages"
            />
          </>
        )}
      </Stack>
      <PersonDrawer isOpen={url.add !== '' || person !== undefined} person={person} onClose={() => change({ add: '', edit: '' })} />
    </>
  )
}
