isolde help chekc
