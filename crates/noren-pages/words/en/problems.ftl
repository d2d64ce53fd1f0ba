problems-title = Problems
problems-about = Why a payment or another call was refused, and what to do next. Each page has a sentence for the counter in five languages.
problems-elsewhere = In other languages
problems-all = All problems
