/** Builds the page that `bench/append.py` measures, with the settings of the site. It isn't part of the site. */
import { defineConfig } from 'vite'
import site from '../vite.config'

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: site.plugins ?? [],
  oxc: site.oxc ?? {},
  build: { outDir: '../node_modules/.bench', emptyOutDir: true, target: 'es2023' },
})
