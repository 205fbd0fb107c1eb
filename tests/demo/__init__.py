"""`make demo`: the main job on an embedded lab."""
