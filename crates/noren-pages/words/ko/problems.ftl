problems-title = 오류 목록
problems-about = 결제나 다른 작업이 되지 않은 이유와 다음에 할 일을 정리한 목록입니다. 각 페이지에 매장에서 쓸 수 있는 다섯 가지 언어의 안내가 있습니다.
problems-elsewhere = 다른 언어로 된 안내
problems-all = 모든 오류 보기
