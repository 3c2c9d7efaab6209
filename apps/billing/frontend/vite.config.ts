import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that any static server can carry the build, below any path.
  base: './',
  plugins: [react()],
  build: { target: 'es2022', reportCompressedSize: false },
})
