export * as kernel from "./kernel/index.ts"
