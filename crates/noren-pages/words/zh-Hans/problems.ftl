problems-title = 错误列表
problems-about = 付款或其他操作未成功的原因，以及接下来该怎么做。每一页都有可在店内使用的五种语言的说明。
problems-elsewhere = 其他语言的说明
problems-all = 查看所有错误
