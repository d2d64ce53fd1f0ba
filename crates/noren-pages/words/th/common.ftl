common-brand = Noren
common-skip = ข้ามไปยังเนื้อหา
common-demo = ตัวอย่าง: ร้านค้าและเงินเป็นเรื่องสมมติ
common-languages = ภาษา
common-time-left = เหลือเวลา { $time }
