isolde new a/b
