import { removeDevice } from '@crosswalk/client'
import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AppLink } from '../elements/app-link.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { paths } from '../paths.ts'
import { devicesKey, ownDevices } from '../queries/devices.ts'

/** The command lines that one let in, each to be signed out. */
export function DevicesPanel() {
  const query = useQuery(ownDevices)
  const queries = useQueryClient()
  const removing = useMutation({
    mutationFn: (device: { id: string; name: string }) => removeDevice(device.id),
    onSuccess: (_, { name }) => notifyDone(`${name} is signed out.`),
    onError: (error) => notifyFailure('It was not signed out', error),
    onSettled: () => queries.invalidateQueries({ queryKey: devicesKey }),
  })
  const { data } = query
  return (
    <Panel title="Command lines">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          What you let in with <code>crosswalk login</code>. Somebody waits with a code?{' '}
          <AppLink to={paths.device()} underline="always">
            Enter it
          </AppLink>
          .
        </Text>
        <LoadState query={query} label="Loading command lines" failed="The command lines could not be loaded" />
        {data?.length === 0 && <Text>None is signed in.</Text>}
        {data?.map((device) => (
          <Group key={device.id} justify="space-between" gap="sm">
            <div>
              <Text>{device.name}</Text>
              <Text size="sm" c="dimmed">
                Let in <RelativeTime at={device.created_at} />
                {device.address ? ` from ${device.address}` : ''}.{' '}
                {device.last_used_at ? (
                  <>
                    Used <RelativeTime at={device.last_used_at} />
                    {device.last_used_address ? ` from ${device.last_used_address}` : ''}
                  </>
                ) : (
                  'Not used yet'
                )}
              </Text>
            </div>
            <Button
              size="sm"
              variant="default"
              aria-label={`Sign out ${device.name}`}
              loading={removing.isPending && removing.variables.id === device.id}
              onClick={() => removing.mutate(device)}
            >
              Sign out
            </Button>
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
