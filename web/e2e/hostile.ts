/** What somebody could write into a free field to run a script, to break out of an attribute, a template or a style, or to spoil what is shown. */
export const payloads = [
  `<script>window.hacked = 1</script>`,
  `<img src=x onerror="window.hacked = 1">`,
  `"><svg onload=window.hacked=1>`,
  `javascript:window.hacked=1`,
  `{{constructor.constructor('window.hacked=1')()}}`,
  `'-window.hacked=1-'`,
  `</textarea><iframe srcdoc="<script>parent.hacked=1</script>">`,
  `<a href="javascript:window.hacked=1" autofocus onfocus="window.hacked=1">x</a>`,
] as const

/** One text that carries several of them, short enough for a name. */
export const nasty = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`
