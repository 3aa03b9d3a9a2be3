### The rubric: how points count.

## How a criterion counts
share-all-or-nothing = This criterion counts all or nothing, and only a part of it is met.
share-step = { $percent } % of what is asked gives { $share } % of the points; from { $next } % on, it is { $more } %.
finding-penalty = penalty
sum-penalty = Penalties

## The arithmetic of a score
score-group-capped = "{ $en }": { $earned } points earned, { $most } count at most.
score-penalty = Penalties: - { $points }.
score-floored = { $exact } is below zero: the score stops at 0.
score-rounded-down = { $exact } is rounded to the multiple of { $step } just below.
score-rounded-up = { $exact } is rounded to the multiple of { $step } just above.
