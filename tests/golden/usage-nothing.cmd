isolde 
