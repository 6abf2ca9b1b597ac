"""The explorer: one page in which a reader moves both thresholds and sees every fact follow.

Tables become one document of data inside a page (`contents`), whose script does the rest: it has
no library, asks the network for nothing, and puts texts of the data into the page as texts only.
"""
