common-brand = Noren
common-skip = 본문으로 건너뛰기
common-demo = 데모입니다. 매장과 금액은 모두 가상입니다.
common-languages = 언어
common-time-left = { $time } 남음
