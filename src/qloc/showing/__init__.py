"""What a run's tables say, in a terminal: rows, what columns mean, where they came from; verdicts.

    print(listed(find_run(Path("."))))

`qloc show` prints the same. Nothing is written, and no model is opened.
"""
