/**
 * The shop, for whoever runs it.
 *
 * @module
 */

export { gramkitApp } from './gramkit-app.ts'
export { migrateShop } from './migrations.ts'
export { MINI_APP_FOLDER, MINI_APP_PATH } from './mini-app.ts'
export { SHOP_PRODUCTS } from './products.ts'
export { type ServedShop, serveShop } from './serve.ts'
export { ShopRepositories, ShopServices } from './services.ts'
export { openShop, type Shop } from './shop.ts'
