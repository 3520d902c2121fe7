/** Lines that strangers may write into a log, to fool whoever reads it; none of them may do anything but be shown. */
export const HOSTILE_LINES = {
  markup: '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>',
  ansi: 'login \u001b[2K\u001b[1;31mok\u001b[0m for root\u0007',
  override: 'file \u202egnp.exe\u202c opened by \u2066admin\u2069',
  hidden: 'user\u200b\u00ad\u{e0041}name\ufeff',
  rightToLeft: 'שלום 5 > 3 עולם',
  long: `begin ${'0123456789'.repeat(1024)} needle-at-the-end`,
  zalgo: `z${'\u0300\u0321\u0489'.repeat(40)}algo`,
  formula: '=HYPERLINK("http://example.org","x")',
} as const;
