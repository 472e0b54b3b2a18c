import { type CSSVariablesResolver, createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core'

const crosswalk: MantineColorsTuple = [
  '#eef1ff',
  '#dbe0fb',
  '#b3bcf2',
  '#8896ea',
  '#6475e2',
  '#4d60de',
  '#4055dc',
  '#3246c3',
  '#2a3eae',
  '#1f3499',
]

/** The colours of Mantine's that have too little contrast for small text are darkened (or lightened, on dark) below. */
export const theme = createTheme({
  colors: { crosswalk },
  primaryColor: 'crosswalk',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  autoContrast: true,
  cursorType: 'pointer',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.2rem' }, h3: { fontSize: '1rem' } } },
  components: {
    // A page has one banner, and the header of a dialog is not it.
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    ModalHeader: { defaultProps: { role: 'presentation' } },
    // In a menu there are items and nothing else: the first of them takes the focus when it opens, not an element for that alone.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
  variantColorResolver(input) {
    const colors = defaultVariantColorsResolver(input)
    const name = String(input.color || input.theme.primaryColor).split('.')[0]
    if (!name || !(name in input.theme.colors)) return colors
    if (input.variant === 'light' || input.variant === 'subtle' || input.variant === 'outline' || input.variant === 'transparent') {
      const dark = `color-mix(in srgb, var(--mantine-color-${name}-9) 70%, black)`
      const ground = `light-dark(var(--mantine-color-${name}-0), color-mix(in srgb, var(--mantine-color-${name}-9) 32%, #1f2125))`
      const background = input.variant === 'light' ? { background: name === 'gray' ? 'light-dark(#eceef1, #33363b)' : ground } : {}
      return {
        ...colors,
        ...background,
        color: name === 'gray' ? 'light-dark(#495057, #c9c9c9)' : `light-dark(${dark}, var(--mantine-color-${name}-2))`,
      }
    }
    return colors
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545b63',
    '--mantine-color-placeholder': '#666d75',
    '--mantine-color-anchor': '#2a3eae',
    '--mantine-color-error': '#b42323',
    '--crosswalk-good': '#1e6b31',
    '--crosswalk-bad': '#b42323',
    '--crosswalk-warn': '#8a4b00',
  },
  dark: {
    '--mantine-color-body': '#1f2125',
    '--mantine-color-dimmed': '#b3b3b3',
    '--mantine-color-placeholder': '#a6a6a6',
    '--mantine-color-anchor': '#a9b5f5',
    '--mantine-color-error': '#ff8f8f',
    '--crosswalk-good': '#7bd88f',
    '--crosswalk-bad': '#ff8f8f',
    '--crosswalk-warn': '#ffc078',
  },
})
