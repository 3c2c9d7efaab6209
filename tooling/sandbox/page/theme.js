// @ts-check

/** Telegram's names for the colours of a client, as Mini Apps get them. */
const LIGHT = {
  bg_color: '#ffffff',
  secondary_bg_color: '#f4f4f5',
  section_bg_color: '#ffffff',
  header_bg_color: '#ffffff',
  bottom_bar_bg_color: '#ffffff',
  section_separator_color: '#dfe1e5',
  text_color: '#000000',
  hint_color: '#707579',
  subtitle_text_color: '#707579',
  section_header_text_color: '#707579',
  link_color: '#2a7fd4',
  accent_text_color: '#2a7fd4',
  button_color: '#2a7fd4',
  button_text_color: '#ffffff',
  destructive_text_color: '#d32f2f',
}

const DARK = {
  bg_color: '#212121',
  secondary_bg_color: '#181818',
  section_bg_color: '#212121',
  header_bg_color: '#212121',
  bottom_bar_bg_color: '#212121',
  section_separator_color: '#383838',
  text_color: '#ffffff',
  hint_color: '#aaaaaa',
  subtitle_text_color: '#aaaaaa',
  section_header_text_color: '#aaaaaa',
  link_color: '#a294ea',
  accent_text_color: '#a294ea',
  button_color: '#7a67d8',
  button_text_color: '#ffffff',
  destructive_text_color: '#ff6b6b',
}

const darkness = window.matchMedia('(prefers-color-scheme: dark)')

/** The colours in use now. */
export function themeParams() {
  return darkness.matches ? DARK : LIGHT
}

/**
 * Tells when the colours change, until the returned function is called.
 * @param {() => void} listener
 */
export function onThemeChange(listener) {
  darkness.addEventListener('change', listener)
  return () => darkness.removeEventListener('change', listener)
}

/** Dresses the page in the colours that Mini Apps are told, now and after each change. */
export function dressPage() {
  for (const [name, colour] of Object.entries(themeParams())) {
    document.documentElement.style.setProperty(`--${name.replaceAll('_', '-')}`, colour)
  }
}
