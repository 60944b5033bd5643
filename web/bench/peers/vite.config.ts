/** Builds the pages that `make bench first_frame` compares the site with. They aren't part of the site. */
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/peers/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'react' } },
  // One script per page: the pages share nothing.
  build: {
    outDir: '../../node_modules/.peers',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    rolldownOptions: {
      input: [`${process.env.PEER}.html`],
      output: { codeSplitting: false },
    },
  },
})
