common-brand = Noren
common-skip = Skip to content
common-demo = Demo: fictitious shops, no real money.
common-languages = Languages
common-time-left = { $time } left
