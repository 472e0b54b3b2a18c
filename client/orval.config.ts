import { defineConfig } from 'orval'

/** One file of functions and types, from the API description beside this file. `scripts/generate-client.ts` runs it. */
export default defineConfig({
  crosswalk: {
    // Without a filter the forms of views that no operation takes or returns would come along.
    input: { target: './openapi.json', filters: { mode: 'include', tags: [/./] } },
    output: {
      mode: 'single',
      target: './src/generated/api.ts',
      client: 'fetch',
      urlEncodeParameters: true,
      override: {
        header: () => ['Generated from client/openapi.json by scripts/generate-client.ts. Not for editing.'],
        mutator: { path: './src/http.ts', name: 'callApi', extension: '.ts' },
        fetch: { includeHttpResponseReturnType: false },
        enumGenerationType: 'union',
      },
    },
  },
})
