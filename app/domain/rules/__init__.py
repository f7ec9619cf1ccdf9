"""What each kind of event needs of the case it comes to, one file a subject. `decide` asks them."""
