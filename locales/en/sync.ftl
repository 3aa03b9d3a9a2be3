trouble-fetch-unreachable = The git server cannot be reached. It is tried again at the next sweep.
trouble-fetch-dropped = The git server broke the connection off. It is tried again at the next sweep.
trouble-fetch-denied = The git server refuses access: check GITHUB_TOKEN.
trouble-fetch-disk-full = The disk that holds the mirror is full: make room in the folder FORKGRADE_DATA_DIR.
trouble-fetch-too-large = The repository sends more than { $limit } MiB, and is not fetched.
trouble-fetch-timed-out = Fetching took longer than { $seconds } seconds. It is tried again at the next sweep.
trouble-fetch-corrupt = What the git server sent is damaged. It is tried again at the next sweep.
trouble-fetch-no-git = There is no git program on this machine: install it (apt-get install git).
trouble-fetch-other = It could not be fetched: { $error }

# What became of a fork.
fork-renamed = Renamed from { $from } to { $to }.
fork-transferred = { $from } is { $to } now: transferred, or its owner took another name.
fork-branch-changed = The graded branch is { $to } now; it was { $from }.
fork-was-archived = Archived: nobody can push until its owner opens it again.
fork-was-unarchived = Open for pushes again.
fork-was-disabled = Disabled by GitHub.
fork-came-back = Listed by GitHub again.
fork-went = No longer listed by GitHub; what was handed in is kept.
fork-went-private = Made private; what was handed in is kept.
fork-went-alone = No longer a fork of the course; what was handed in is kept.
fork-was-deleted = Deleted, or made private; what was handed in is kept.
fork-was-emptied = The graded branch holds no commit any more; what was handed in is kept.
fork-was-unreadable = GitHub does not let us read it.
fork-force-pushed = History was rewritten: { $to } does not follow { $from }. What was handed in is kept.
