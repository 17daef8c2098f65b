isolde help check
