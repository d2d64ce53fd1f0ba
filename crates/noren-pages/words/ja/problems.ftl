problems-title = 問題の一覧
problems-about = お支払いや操作ができなかった理由と、次にすることの一覧です。それぞれのページに、お店で使える5つの言葉の案内があります。
problems-elsewhere = ほかの言語での案内
problems-all = 問題の一覧を見る
