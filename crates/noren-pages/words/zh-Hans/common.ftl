common-brand = Noren
common-skip = 跳到正文
common-demo = 演示：店铺与金额均为虚构。
common-languages = 语言
common-time-left = 剩余 { $time }
