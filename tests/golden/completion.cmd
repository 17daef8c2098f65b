isolde completion
