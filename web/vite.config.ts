import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { contractFaces } from './contract-faces.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder('.'),
  plugins: [
    // the player is made of media-chrome's elements
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('media-') } } }),
    tailwindcss(),
    contractFaces(),
  ],
  // beside the other caches, not in the source tree
  cacheDir: folder('../node_modules/.vite-web'),
  server: {
    // contracts and packages lie above the root; the page comes through the edge, whose port the client takes from its own address
    fs: { allow: [folder('..')] },
  },
  build: {
    outDir: folder('../build/web'),
    emptyOutDir: true,
    // the CSP allows no font or script from a data: address
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
    manifest: 'manifest.json',
  },
});
