import { approveDevice, denyDevice } from '@crosswalk/client'
import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { FactsTable } from '../elements/facts-table.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { GrantWords } from '../parts/grants/grant-words.tsx'
import { permissionWords } from '../parts/grants/permission-words.ts'
import { meFor } from '../queries/access.ts'
import { deviceRequest, devicesKey } from '../queries/devices.ts'
import { useUrlState } from '../url-state.ts'

/** Confirms the code that a command line shows. What it will be allowed stands beside the button. */
export function DevicePage() {
  const [url, change] = useUrlState({ code: '' })
  const [text, setText] = useState(url.code)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change({ code: text.trim().toUpperCase() })
  }
  return (
    <>
      <PageHeader title="Let a command line in" description="Somebody ran crosswalk login. Confirm it only where that was you." />
      <Stack maw={640}>
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput
              label="Code"
              description="As the command shows it."
              placeholder="BCDF-GHJK"
              required
              data-autofocus
              maxLength={20}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={text.trim() === ''}>
              Look it up
            </Button>
          </Group>
        </form>
        {url.code !== '' && <Waiting key={url.code} code={url.code} />}
      </Stack>
    </>
  )
}

function Waiting({ code }: { code: string }) {
  const query = useQuery(deviceRequest(code))
  const me = useQuery(meFor()).data
  const queries = useQueryClient()
  const deciding = useMutation({
    mutationFn: (isLetIn: boolean) => (isLetIn ? approveDevice(code) : denyDevice(code)),
    onSuccess: () => queries.invalidateQueries({ queryKey: devicesKey, exact: true }),
  })
  const { data } = query
  if (deciding.isSuccess)
    return (
      <Alert variant="light" role="status" color={deciding.variables ? 'teal' : 'gray'}>
        {deciding.variables ? 'It is let in. Go back to the command line; this page can be closed.' : 'It is kept out, and gets no key.'}
      </Alert>
    )
  if (!data) return <LoadState query={query} label="Looking the code up" failed="This code was not found" />
  return (
    <Panel title={`${data.client_name} wants to sign in`}>
      <Stack gap="md">
        <FactsTable
          facts={[
            ['Machine', data.client_name],
            ['From', data.address],
            ['Asked', <RelativeTime key="at" at={data.requested_at} />],
            ['As', me?.principal.name ?? ''],
            ['With', <GrantWords key="grants" grants={me?.grants ?? []} />],
            ['For', '90 days, or until you sign it out in your profile'],
          ]}
        />
        {deciding.error && <ErrorNotice error={deciding.error} title="Nothing was decided" />}
        <Group>
          <Button loading={deciding.isPending && deciding.variables} onClick={() => deciding.mutate(true)}>
            Let it in
          </Button>
          <Button variant="default" loading={deciding.isPending && !deciding.variables} onClick={() => deciding.mutate(false)}>
            Keep it out
          </Button>
        </Group>
        <div>
          <Text fw={600}>It will be allowed what you are allowed, and never more:</Text>
          <List size="sm" mt={4}>
            {(me?.permissions ?? []).map((permission) => (
              <List.Item key={permission}>{permissionWords(permission)}</List.Item>
            ))}
          </List>
        </div>
      </Stack>
    </Panel>
  )
}
