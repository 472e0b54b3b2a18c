import { type Person, updateProfile } from '@crosswalk/client'
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { GrantWords } from '../parts/grants/grant-words.tsx'
import { SessionList } from '../parts/session-list.tsx'
import { profile, profileKey } from '../queries/people.ts'
import { session, sessionKey } from '../queries/session.ts'
import { DevicesPanel } from './devices-panel.tsx'
import { PasskeysPanel } from './passkeys-panel.tsx'
import { PasswordPanel } from './password-panel.tsx'
import { SecondFactorPanel } from './second-factor-panel.tsx'

/** A person's own account. */
export function ProfilePage() {
  const who = useQuery(session).data?.actor.type
  const query = useQuery({ ...profile, enabled: who === 'person' })
  const { data } = query
  const isKey = who !== undefined && who !== 'person'
  return (
    <>
      <PageHeader title="Profile" description="Your account: what you sign in with, and where you are signed in." />
      <Stack maw={760}>
        {isKey ? (
          <Alert variant="light" title="You have signed in with the administrator key">
            <Text size="sm">A key has no account. Sign in with your e-mail address to see yours.</Text>
          </Alert>
        ) : (
          <LoadState query={query} label="Loading your account" failed="Your account could not be loaded" stale="This may be out of date" />
        )}
        {data?.needs_second_factor && (
          <Alert color="yellow" variant="light" icon={<IconShieldLock />} title="Set up a second factor" role="status">
            <Text size="sm">You need one here. Until you have one, you can do nothing else.</Text>
          </Alert>
        )}
        {data && (
          <>
            {data.signs_in_with.includes('password') && <SecondFactorPanel hasSecondFactor={data.has_second_factor} />}
            {!data.needs_second_factor && <PasskeysPanel hasPassword={data.signs_in_with.includes('password')} />}
            <NamePanel key={data.name} person={data} />
            {data.signs_in_with.includes('password') && <PasswordPanel />}
          </>
        )}
        {!data?.needs_second_factor && <DevicesPanel />}
        <Panel title="Sessions">
          <SessionList />
        </Panel>
      </Stack>
    </>
  )
}

function NamePanel({ person }: { person: Person }) {
  const [name, setName] = useState(person.name)
  const queries = useQueryClient()
  const saving = useMutation({
    mutationFn: () => updateProfile({ name: name.trim() }),
    async onSuccess() {
      notifyDone('Your name was changed')
      await Promise.all([profileKey, sessionKey].map((queryKey) => queries.invalidateQueries({ queryKey })))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <Panel title="You">
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" className="wrap-anywhere">
            You sign in as <b>{person.email}</b>.
          </Text>
          <Stack gap={2}>
            <Text size="sm" fw={600}>
              Your roles
            </Text>
            {person.grants.length === 0 && <Text size="sm">None. Ask an administrator.</Text>}
            <GrantWords grants={person.grants} />
          </Stack>
          <Group align="flex-end">
            <TextInput
              label="Name"
              maxLength={200}
              flex="1 1 14rem"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={saving.isPending} disabled={name.trim() === '' || name.trim() === person.name}>
              Save
            </Button>
          </Group>
          {saving.error && <ErrorNotice error={saving.error} title="Your name was not changed" />}
        </Stack>
      </form>
    </Panel>
  )
}
