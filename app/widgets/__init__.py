"""Qt parts that both kinds of windows share: theme, job bridge, terminal."""
