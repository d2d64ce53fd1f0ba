common-brand = Noren
common-skip = 本文へ
common-demo = デモです。店もお金も架空です。
common-languages = 言語
common-time-left = 残り { $time }
