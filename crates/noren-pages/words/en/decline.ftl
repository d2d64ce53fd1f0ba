decline-funds = The balance or limit is too low. Please pay another way.
decline-code = This code has expired or cannot be used. Please show a new one.
decline-payer = This account cannot pay. Please check the app, or pay another way.
decline-gave-up = The payment was stopped and nothing was charged. Please try again.
decline-shop = This app cannot be used at this shop. Please pay another way.
decline-risk = The app did not allow this payment. Please pay another way.
decline-refund = The app did not accept this refund. Please give the money back another way.
decline-other = The app did not accept this payment. Please try again, or pay another way.
