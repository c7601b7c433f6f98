"""nano(1), a full-screen editor: `text` holds what is edited, `view` shows it, `prompt` asks, `main` has the keys.

Above: registry. Below: kernel (`System`), and the shell's reading of keys and widths.
"""
