import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env.CROSSWALK_URL ?? 'http://127.0.0.1:7071'

/** In development the page comes from here, and the API from the installation at `CROSSWALK_URL`. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  clearScreen: false,
  server: {
    host: '127.0.0.1',
    port: Number(process.env.CROSSWALK_DEV_PORT || 5173),
    strictPort: true,
    // The page's origin stays the host that the API sees, which is how it tells its own page from others.
    proxy: { '/api': { target: api, changeOrigin: false } },
  },
  // Browsers that have light-dark() and what else the styles use, so that nothing is written around them.
  build: { target: ['chrome125', 'firefox128', 'safari17.5'], sourcemap: false, chunkSizeWarningLimit: 700 },
})
