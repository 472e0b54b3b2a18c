import { signOut } from '@crosswalk/client'
import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconDevices, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { notifyFailure } from '../elements/notify.tsx'
import { paths } from '../paths.ts'
import { useGo } from '../url-state.ts'
import { SessionsDrawer } from './sessions-drawer.tsx'

type AccountMenuProps = { name: string; isPerson: boolean /** As somebody else, whose account is not shown. */; isViewing: boolean }

/** Light or dark, the browsers that are signed in, and signing out. */
export function AccountMenu({ name, isPerson, isViewing }: AccountMenuProps) {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const go = useGo()
  const queries = useQueryClient()
  const [isListing, setListing] = useState(false)
  const leaving = useMutation({
    mutationFn: () => signOut(),
    onSuccess() {
      go(paths.signIn(), { replace: true })
      queries.clear()
    },
    onError: (error) => notifyFailure('You are still signed in', error),
  })
  const other = scheme === 'dark' ? 'light' : 'dark'
  return (
    <>
      <Tooltip label={`Use ${other} colours`}>
        <ActionIcon variant="default" size="lg" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
          {scheme === 'dark' ? <IconSun size={18} /> : <IconMoon size={18} />}
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label="Account">
            <IconUserCircle size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{isPerson ? `Signed in as ${name}` : `Signed in with: ${name}`}</Menu.Label>
          {isPerson && (
            <Menu.Item disabled={isViewing} leftSection={<IconUserCircle size={16} />} onClick={() => go(paths.profile())}>
              Profile
            </Menu.Item>
          )}
          <Menu.Item disabled={isViewing} leftSection={<IconDevices size={16} />} onClick={() => setListing(true)}>
            Sessions
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leaving.mutate()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SessionsDrawer isOpen={isListing} onClose={() => setListing(false)} />
    </>
  )
}
