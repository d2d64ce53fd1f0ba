problems-title = エラーの一覧
problems-about = お支払いや操作ができなかった理由と、次にすることの一覧です。それぞれのページに、店頭で使える5つの言語の案内があります。
problems-elsewhere = ほかの言語での案内
problems-all = すべてのエラーを見る
