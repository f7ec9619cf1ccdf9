"""One file a step, in the order that `down_revision` tells. A step that was released is never changed."""
