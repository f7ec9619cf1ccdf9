"""How two people who speak on the phone prove to their computers that they mean each other.

SPAKE2 over the service's mailbox: the service passes four small messages on, and learns neither code nor key.
"""
