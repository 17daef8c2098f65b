isolde help check explain
