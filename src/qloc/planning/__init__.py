"""What a study will cost, before anything is spent: its work, time, disk and memory."""
