"""Everything that readers read: texts in two languages, numbers as each writes them, whole sentences.

To say something new, anywhere in `sim`:

1. `_ = speaker(language)`, then `_("Start on {date}.", date=formats.date(day, language))`: English, whole
   sentences, fields by name and already formatted. Plurals: `_.ngettext("{n} brand", "{n} brands", n, n=shown)`.
   Same English with two meanings: `_.pgettext("noun", "lead")`. Never an f-string, never a sentence from pieces.
2. A text in a table is marked with `N_("…")` (`NN_` with its plural) and said later: `_(TABLE[key])`.
   The name must be `_`, `gettext`, `ngettext`, `pgettext`, `N_` or `NN_`, else it is not found.
3. `python -m sim.text --update`, then write the Indonesian into `locales/id/siap.po`. `python -m sim.text` and a
   test complain until nothing is missing, obsolete or with other fields.

`catalogue` speaks, `formats` writes numbers, `words` names things, `sentences` says results, `describe` says a
whole programme. Every function takes the language; there is no current one.
"""
