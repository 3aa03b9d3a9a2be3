### Le barème : comment les points comptent.

## How a criterion counts
share-all-or-nothing = Ce critère est compté en tout ou rien, et il n'est rempli qu'en partie.
share-step = { $percent } % de ce qui est demandé donne { $share } % des points ; à partir de { $next } %, c'est { $more } %.
finding-penalty = malus
sum-penalty = Malus

## The arithmetic of a score
score-group-capped = « { $fr } » : { $earned } points obtenus, { $most } comptent au plus.
score-penalty = Malus : - { $points }.
score-floored = { $exact } est au-dessous de zéro : la note s'arrête à 0.
score-rounded-down = { $exact } est arrondi au multiple de { $step } juste au-dessous.
score-rounded-up = { $exact } est arrondi au multiple de { $step } juste au-dessus.
