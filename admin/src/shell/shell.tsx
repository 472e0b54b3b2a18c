import { isApiError, type SignedIn } from '@crosswalk/client'
import { AppShell, Burger, Center, Group, Loader, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useLinkTo } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { Logo } from '../parts/logo.tsx'
import { paths } from '../paths.ts'
import { session } from '../queries/session.ts'
import { useGo } from '../url-state.ts'
import { AccountMenu } from './account-menu.tsx'
import { AwayNotice } from './away-notice.tsx'
import { ClosedPage } from './closed-page.tsx'
import { CommandPaletteButton } from './command-palette-button.tsx'
import { Navigation, useClosedPage } from './navigation.tsx'
import { NothingYet } from './nothing-yet.tsx'
import { ViewingBanner } from './viewing-banner.tsx'

/** Everything around a page, for who is signed in; who is not is sent to sign in and brought back. */
export function Shell() {
  const { data, error, refetch, isFetching } = useQuery(session)
  const isUnknown = isApiError(error, 'unauthenticated')
  const { history } = useRouter()
  const go = useGo()
  useEffect(() => {
    if (isUnknown) go(paths.signIn({ next: history.location.href }), { replace: true })
  }, [isUnknown, go, history])
  if (isUnknown || (!data && !error)) {
    return (
      <Center mih="100dvh">
        <Loader aria-label="Loading Crosswalk" />
      </Center>
    )
  }
  if (!data) {
    return (
      <Center mih="100dvh" p="md">
        <ErrorNotice error={error} title="Crosswalk does not answer" onRetry={refetch} isRetrying={isFetching}>
          <Text size="sm">This page comes back by itself as soon as it does.</Text>
        </ErrorNotice>
      </Center>
    )
  }
  return <Frame who={data} />
}

function Frame({ who }: { who: SignedIn }) {
  const { actor, permissions, viewed_by: viewedBy } = who
  const isPerson = actor.type === 'person'
  // They may see to their own account, and nothing else.
  const isBare = isPerson && permissions.length === 0
  const closed = useClosedPage(permissions)
  const [isOpen, { toggle, close }] = useDisclosure()
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'Close the navigation' : 'Open the navigation'}
            />
            <UnstyledButton component="a" aria-label="Crosswalk" {...useLinkTo(paths.dashboard(), close)}>
              <Group gap={10} wrap="nowrap">
                <Logo />
                <Text fw={700} fz="lg" visibleFrom="xs">
                  Crosswalk
                </Text>
              </Group>
            </UnstyledButton>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <CommandPaletteButton />
            <AccountMenu name={viewedBy?.name ?? actor.name} isPerson={isPerson} isViewing={viewedBy !== null} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Pages">
        <Navigation onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
        {viewedBy && <ViewingBanner name={actor.name} until={viewedBy.until} />}
        <AwayNotice />
        {isBare && <NothingYet />}
        {closed === undefined ? <Outlet /> : !isBare && <ClosedPage label={closed} />}
      </AppShell.Main>
    </AppShell>
  )
}
